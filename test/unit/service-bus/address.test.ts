import { expect, it } from "vitest";
import { readAddress } from "../../../local/service-bus/amqp/address.ts";

it.each([
  ["orders", { node: "entity", path: "orders" }],
  ["/orders", { node: "entity", path: "orders" }],
  ["amqps://host:5671/orders", { node: "entity", path: "orders" }],
  ["t/Subscriptions/s", { node: "entity", path: "t/Subscriptions/s" }],
  ["orders/$DeadLetterQueue", { node: "entity", path: "orders/$DeadLetterQueue" }],
  ["orders/$management", { node: "management", path: "orders" }],
  ["sb://host/orders/$Management", { node: "management", path: "orders" }],
  ["$cbs", { node: "cbs" }],
])("reads %s", (address, expected) => {
  expect(readAddress(address)).toEqual(expected);
});
