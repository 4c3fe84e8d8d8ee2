import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { emptyReply, type Reply, textReply } from "../../../local/simulators/http/reply.ts";
import { createRouter } from "../../../local/simulators/http/router.ts";
import {
  type SimulatorRequest,
  toSimulatorRequest,
} from "../../../local/simulators/http/simulator-request.ts";

const router = createRouter(
  [
    {
      method: "GET",
      pattern: "/workspaces/{ws}/users",
      handle: (_request, path) => textReply(path("ws"), "text/plain"),
    },
  ],
  () => emptyReply(404),
);

function requestOf(method: string, url: string): SimulatorRequest {
  const incoming = { method, url, headers: {} } as IncomingMessage; // all that is read of it
  return toSimulatorRequest(incoming, "https://127.0.0.1:1");
}

function call(method: string, url: string): Reply | Promise<Reply> {
  return router(requestOf(method, url));
}

describe("createRouter", () => {
  it.each(["/workspaces/a%20b/users", "//workspaces//a%20b/users/", "/Workspaces/a%20b/USERS?x=1"])(
    "takes %s for the route",
    async (url) => {
      expect((await call("GET", url)).body).toBe("a b");
    },
  );

  it.each([
    ["DELETE", "/workspaces/a/users"],
    ["GET", "/workspaces/a/users/b"],
    ["GET", "/workspaces/a"],
  ])("answers 404 to %s %s", async (method, url) => {
    expect((await call(method, url)).status).toBe(404);
  });

  it("finds query values under any case and without a stray slash", () => {
    const request = requestOf("GET", "/?experimentId=abc/");

    expect(request.query("EXPERIMENTID")).toBe("abc");
  });
});
