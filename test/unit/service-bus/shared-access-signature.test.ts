import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  DEVELOPMENT_KEY,
  isValidSignature,
} from "../../../local/service-bus/amqp/shared-access-signature.ts";

const EXPIRES_AT_SECONDS = 1_767_225_600;
const BEFORE_MS = EXPIRES_AT_SECONDS * 1000 - 1;

function token(fields: { name?: string; key?: string; resource?: string } = {}): string {
  const { name = DEVELOPMENT_KEY.name, key = DEVELOPMENT_KEY.key } = fields;
  const { resource = encodeURIComponent("sb://127.0.0.1:5672/orders") } = fields;
  const signature = createHmac("sha256", key)
    .update(`${resource}\n${EXPIRES_AT_SECONDS}`)
    .digest("base64");
  const encoded = encodeURIComponent(signature);
  return `SharedAccessSignature sr=${resource}&sig=${encoded}&se=${EXPIRES_AT_SECONDS}&skn=${name}`;
}

describe("a shared access signature", () => {
  it("is valid until it expires", () => {
    expect(isValidSignature(token(), DEVELOPMENT_KEY, BEFORE_MS)).toBe(true);
    expect(isValidSignature(token(), DEVELOPMENT_KEY, BEFORE_MS + 1)).toBe(false);
  });

  it.each([
    ["another key", token({ key: "wrong" })],
    ["another key name", token({ name: "Listen" })],
    ["another resource than it was signed for", token().replace("orders", "plans")],
    ["a later expiry than it was signed for", token().replace("&se=1", "&se=2")],
    ["no signature", token().replace(/&sig=[^&]*/, "")],
    ["another scheme", token().replace("SharedAccessSignature ", "Bearer ")],
    ["an escape that is cut short", token().replace(/&sig=[^&]*/, "&sig=%E0%A4")],
    ["nothing at all", ""],
  ])("is not valid with %s", (_, invalid) => {
    expect(isValidSignature(invalid, DEVELOPMENT_KEY, BEFORE_MS)).toBe(false);
  });
});
