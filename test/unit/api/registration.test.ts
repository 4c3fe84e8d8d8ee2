import { readFileSync } from "node:fs";
import { app } from "@azure/functions";
import { afterEach, expect, it, vi } from "vitest";
import { OPERATIONS } from "../../../functions/api/table.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it("registers every call that the document describes, and no other", async () => {
  const { Values } = JSON.parse(readFileSync("local.settings.json", "utf8")) as {
    Values: Record<string, string>;
  };
  for (const [name, value] of Object.entries(Values)) vi.stubEnv(name, value);
  const http = vi.spyOn(app, "http").mockImplementation(() => undefined);
  const queues = vi.spyOn(app, "serviceBusQueue").mockImplementation(() => undefined);
  vi.spyOn(app, "timer").mockImplementation(() => undefined);
  const others = (["get", "post", "put", "patch", "deleteRequest"] as const).map((verb) =>
    vi.spyOn(app, verb).mockImplementation(() => undefined),
  );

  await import("../../../functions/main.ts");

  const registered = http.mock.calls.map(([name, { methods, route, authLevel }]) => [
    name,
    { call: `${methods?.join()} /${route}`, authLevel },
  ]);
  const described = Object.entries(OPERATIONS).map(([id, { method, path }]) => [
    id,
    { call: `${method} ${path}`, authLevel: "anonymous" },
  ]);
  expect(registered).toHaveLength(described.length);
  expect(Object.fromEntries(registered)).toEqual(Object.fromEntries(described));
  expect(others.flatMap(({ mock }) => mock.calls)).toEqual([]);
  expect(queues.mock.calls.map(([, { queueName }]) => queueName)).toContain("privacy-requests");
});
