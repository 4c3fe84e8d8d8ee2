import { describe, expect, it } from "vitest";
import type { HttpRequest } from "../../../shared/providers/http.ts";
import {
  ARM_ORIGIN,
  allowed,
  CHURN,
  CHURN_ASSET,
  eraserOn,
  SERVICE_ASSET,
  SUBSCRIPTION,
  serviceBody,
  workspaceBody,
} from "../../support/providers/arm-to-erase.ts";
import type { FakeAnswer } from "../../support/providers/fake-transport.ts";

const OPERATION = `${ARM_ORIGIN}/subscriptions/${SUBSCRIPTION}/providers/Microsoft.MachineLearning/locations/global/operations/1?api-version=2017-01-01&t=a%2Fb`;
const DAY_MS = 86_400_000;

/** Answers GET and DELETE of the resource, and what is asked of the operation. */
function arm(parts: {
  accepted?: FakeAnswer;
  isThere?: () => boolean;
  operation?: () => FakeAnswer;
}) {
  const { isThere = () => true } = parts;
  return eraserOn(({ method, url }: HttpRequest) => {
    if (method === "DELETE") return parts.accepted ?? { status: 202 };
    if (String(url).includes("/operations/")) return parts.operation?.() ?? { status: 404 };
    if (!isThere()) return { status: 404 };
    return { body: String(url).includes("webServices") ? serviceBody() : workspaceBody() };
  });
}

/** Begins a deletion that is accepted in that form; gives the stored operation. */
async function begun(
  { eraser }: ReturnType<typeof arm>,
  asset = CHURN_ASSET,
): Promise<{ operation: string; retryAfterMs: number }> {
  const erasure = await eraser.erase(CHURN, asset, allowed);
  if (erasure.is !== "running") throw new Error("the deletion does not run");
  return erasure;
}

const async202 = (headers: Record<string, string>): FakeAnswer => ({ status: 202, headers });
const STATUS = async202({ "Azure-AsyncOperation": OPERATION });
const RESULT = async202({ Location: OPERATION });

describe("a deletion that ARM does at once", () => {
  it.each([200, 204])("is claimed with %i", async (status) => {
    const { eraser } = arm({ accepted: { status } });

    expect(await eraser.erase(CHURN, CHURN_ASSET, allowed)).toEqual({ is: "claimed" });
  });
});

describe("a deletion that ARM accepts", () => {
  it("names the operation that is to be asked, and when", async () => {
    const accepted = async202({
      "Azure-AsyncOperation": OPERATION,
      Location: `${OPERATION}&other`,
      "Retry-After": "17",
    });
    const on = arm({ accepted });

    const { operation, retryAfterMs } = await begun(on);

    expect(operation).toContain(OPERATION);
    expect(operation).not.toContain("other");
    expect(retryAfterMs).toBe(17_000);
  });

  it.each([
    ["Azure-AsyncOperation", "https://evil.example/subscriptions/1"],
    ["Location", "https://evil.example/subscriptions/1"],
    ["Location", `${ARM_ORIGIN}@evil.example/subscriptions/1`],
    ["Location", "http://169.254.169.254/providers/metadata"],
    ["Location", `${ARM_ORIGIN}/tenants/1`],
    ["Location", "/subscriptions/1"],
  ])("asks the resource itself instead of the %s %s", async (header, url) => {
    let isThere = true;
    const on = arm({ accepted: async202({ [header]: url }), isThere: () => isThere });
    const { operation } = await begun(on);

    const early = await on.eraser.poll(CHURN, CHURN_ASSET, operation);
    isThere = false;
    const late = await on.eraser.poll(CHURN, CHURN_ASSET, operation);

    expect([early.is, late.is]).toEqual(["running", "claimed"]);
    expect(on.transport.calls.every((call) => String(call.url).startsWith(`${ARM_ORIGIN}/`))).toBe(
      true,
    );
  });

  it.each([
    ["status", { body: '{"status":"Succeeded"}' }],
    ["status", { body: '{"provisioningState":"Succeeded"}' }],
    ["result", { status: 200 }],
    ["result", { status: 201 }],
    ["result", { status: 204 }],
  ] as const)("is claimed when its %s is %j", async (form, answer) => {
    const accepted = form === "status" ? STATUS : RESULT;
    const on = arm({ accepted, operation: () => answer });
    const { operation } = await begun(on, SERVICE_ASSET);

    expect(await on.eraser.poll(CHURN, SERVICE_ASSET, operation)).toEqual({ is: "claimed" });
  });

  it.each([
    ["status", { body: '{"status":"Deleting"}' }],
    ["status", { body: '{"provisioningState":"Provisioning"}' }],
    ["status", { body: '{"status":"Whatever"}' }],
    ["status", { body: "soon" }],
    ["status", { body: "" }],
    ["status", { status: 500 }],
    ["status", { status: 429 }],
    ["status", { status: 404 }],
    ["result", { status: 202 }],
    ["result", { status: 503 }],
    ["result", { status: 404 }],
  ] as const)("goes on while its %s is %j and the resource is there", async (form, answer) => {
    const on = arm({ accepted: form === "status" ? STATUS : RESULT, operation: () => answer });
    const { operation } = await begun(on);

    const erasure = await on.eraser.poll(CHURN, CHURN_ASSET, operation);

    expect(erasure).toMatchObject({ is: "running" });
  });

  it.each([
    ["status", { body: '{"status":"Whatever"}' }],
    ["status", { body: '{"status":"Failed"}' }],
    ["status", { body: '{"status":"Canceled"}' }],
    ["status", { status: 404 }],
    ["result", { status: 404 }],
    ["result", { status: 409 }],
  ] as const)(
    "is claimed whatever its %s %j says, once the resource is gone",
    async (form, answer) => {
      let isThere = true;
      const accepted = form === "status" ? STATUS : RESULT;
      const on = arm({ accepted, isThere: () => isThere, operation: () => answer });
      const { operation } = await begun(on);
      isThere = false;

      expect(await on.eraser.poll(CHURN, CHURN_ASSET, operation)).toEqual({ is: "claimed" });
    },
  );

  it.each([
    ["status", { body: '{"status":"Failed","error":{"code":"Conflict"}}' }, "(Conflict)"],
    ["status", { body: '{"provisioningState":"Failed","errorInfo":{"code":"Busy"}}' }, "(Busy)"],
    ["status", { body: '{"status":"Canceled"}' }, "without success"],
    ["result", { status: 409, body: '{"code":"Conflict"}' }, "409 (Conflict)"],
  ] as const)(
    "is over when its %s is %j, and may be asked for again",
    async (form, answer, said) => {
      const on = arm({ accepted: form === "status" ? STATUS : RESULT, operation: () => answer });
      const { operation } = await begun(on);

      const poll = on.eraser.poll(CHURN, CHURN_ASSET, operation);

      await expect(poll).rejects.toMatchObject({
        code: "source-unavailable",
        isRetryable: true,
        message: expect.stringContaining(said),
      });
    },
  );

  it("is asked about again when ARM says, also when it says so in refusing", async () => {
    const operation = () => ({ status: 429, headers: { "Retry-After": "9" } });
    const on = arm({ accepted: STATUS, operation });
    const begin = await begun(on);

    const erasure = await on.eraser.poll(CHURN, CHURN_ASSET, begin.operation);

    expect(erasure).toMatchObject({ is: "running", retryAfterMs: 9_000 });
  });

  it.each([401, 403])("throws when we are refused with %i", async (status) => {
    const on = arm({ accepted: STATUS, operation: () => ({ status }) });
    const { operation } = await begun(on);

    const poll = on.eraser.poll(CHURN, CHURN_ASSET, operation);

    await expect(poll).rejects.toMatchObject({ code: "workspace-denied" });
  });

  it("ends after a day, whatever ARM says", async () => {
    const on = arm({ accepted: STATUS, operation: () => ({ body: '{"status":"Whatever"}' }) });
    const { operation } = await begun(on);
    on.clock.advance(DAY_MS);

    const poll = on.eraser.poll(CHURN, CHURN_ASSET, operation);

    await expect(poll).rejects.toMatchObject({ code: "source-invalid", isRetryable: false });
  });

  it("is asked about more and more seldom", async () => {
    const on = arm({ accepted: STATUS, operation: () => ({ body: '{"status":"Running"}' }) });
    const { operation, retryAfterMs } = await begun(on);
    const waits = [retryAfterMs];

    for (const passedMs of [20_000, 40_000, 600_000]) {
      on.clock.advance(passedMs);
      const erasure = await on.eraser.poll(CHURN, CHURN_ASSET, operation);
      waits.push(erasure.is === "running" ? erasure.retryAfterMs : 0);
    }

    expect(waits).toEqual([5_000, 10_000, 30_000, 60_000]);
  });

  it("is followed where its result moves to", async () => {
    const moved = `${OPERATION}&moved`;
    const operation = () => ({ status: 202, headers: { Location: moved } });
    const on = arm({ accepted: RESULT, operation });
    const begin = await begun(on);

    const erasure = await on.eraser.poll(CHURN, CHURN_ASSET, begin.operation);

    expect(erasure).toMatchObject({ operation: expect.stringContaining(moved) });
  });

  it.each([
    "status 2026-01-15T08:00:00.000Z https://evil.example/subscriptions/1",
    "result 2026-01-15T08:00:00.000Z https://evil.example/subscriptions/1",
    "status 2026-01-15T08:00:00.000Z",
    "status yesterday https://arm.example/subscriptions/1",
    "else",
    "",
  ])("is refused when it is stored as %j, and nobody is called", async (operation) => {
    const on = arm({});

    const poll = on.eraser.poll(CHURN, CHURN_ASSET, operation);

    await expect(poll).rejects.toMatchObject({ code: "outbound-refused" });
    expect(on.transport.calls).toEqual([]);
  });
});
