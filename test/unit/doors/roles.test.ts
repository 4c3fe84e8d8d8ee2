import { describe, expect, it } from "vitest";
import { roleSchema } from "../../../shared/core/caller.ts";
import { assertDescribed } from "../../support/doors/assert-described.ts";
import { callTo, EVERY_CALL } from "../../support/doors/every-call.ts";
import { memoryStage } from "../../support/stage.ts";

const ROLES = roleSchema.options;
const MATRIX = EVERY_CALL.flatMap(([id, { roles }]) =>
  [...ROLES, null].map((role) => ({
    id,
    role,
    mayCall: roles.length === 0 || (role !== null && roles.includes(role)),
  })),
);

describe("every call by every role", () => {
  it.each(MATRIX)("$id as $role: $mayCall", async ({ id, role, mayCall }) => {
    const caller = { callerId: "somebody", roles: role === null ? [] : [role] };

    const answer = await callTo(memoryStage(), id, { caller });

    const isForbidden = (answer.body as { code?: string } | null)?.code === "forbidden";
    expect(isForbidden).toBe(!mayCall);
    expect(answer.status).toBeLessThan(500);
    assertDescribed(id, answer);
  });

  it.each(EVERY_CALL.map(([id, { roles }]) => ({ id, isOpen: roles.length === 0 })))(
    "$id without a token",
    async ({ id, isOpen }) => {
      const answer = await callTo(memoryStage(), id, { caller: null });

      expect(answer.status).toBe(isOpen ? 200 : 401);
    },
  );
});

describe("a principal that somebody says to be", () => {
  const admin = { userId: "admin", userRoles: ["Operator", "Approver"], claims: [] };
  const encoded = Buffer.from(JSON.stringify(admin)).toString("base64");

  it.each(
    EVERY_CALL.filter(([, { roles }]) => roles.length > 0).flatMap(([id]) =>
      [encoded, "not base64 {", Buffer.from("{").toString("base64"), ""].map((principal) => ({
        id,
        principal,
      })),
    ),
  )("is not believed by $id ($principal)", async ({ id, principal }) => {
    const headers = {
      "x-ms-client-principal": principal,
      "x-ms-client-principal-id": "admin",
      "x-ms-client-principal-name": "admin",
      "x-ms-client-principal-idp": "aad",
      "x-ms-token-aad-access-token": "token",
      "x-forwarded-user": "admin",
      "x-original-url": "/admin",
    };

    const anonymous = await callTo(memoryStage(), id, { caller: null, headers });
    const nobody = await callTo(memoryStage(), id, {
      caller: { callerId: "nobody", roles: [] },
      headers,
    });

    expect([anonymous.status, nobody.status]).toEqual([401, 403]);
  });
});
