import { describe, expect, it } from "vitest";
import type { OperationId } from "../../../functions/api/routes.ts";
import { roleSchema } from "../../../shared/core/caller.ts";
import { assertDescribed } from "../../support/doors/assert-described.ts";
import { callTo, EVERY_CALL } from "../../support/doors/every-call.ts";
import { forgedPrincipals } from "../../support/doors/forged-principals.ts";
import { memoryStage } from "../../support/stage.ts";

const ROLES = roleSchema.options;

/**
 * Who may make each call: R is for Requester, A for Approver, O for Operator, U for Auditor; `-` is anybody. Written apart
 * from the table of calls, so that widening a right takes two changes; a call without a row does not compile.
 */
const MAY_CALL: Readonly<Record<OperationId, string>> = {
  submitRequest: "R",
  listRequests: "RAOU",
  getRequest: "RAOU",
  getPackage: "RO",
  retryRequest: "RO",
  getReceipt: "RAOU",
  getAudit: "RAOU",
  getPlan: "RAOU",
  approveRequest: "A",
  refuseRequest: "AO",
  cancelRequest: "RO",
  holdRequest: "O",
  releaseRequest: "O",
  extendRequest: "O",
  awaitIdentity: "RO",
  confirmIdentity: "O",
  registerWorkspace: "RO",
  listWorkspaces: "RO",
  getWorkspace: "RO",
  removeWorkspace: "RO",
  getInventory: "RO",
  getDeletionControls: "AOU",
  setDeletionControls: "O",
  listDeadLetters: "O",
  replayDeadLetter: "O",
  discardDeadLetter: "O",
  getRegister: "U",
  runTimer: "O",
  getOpenApi: "-",
  signingKeys: "-",
  health: "-",
};
const LETTERS = { Requester: "R", Approver: "A", Operator: "O", Auditor: "U" } as const;

const MATRIX = EVERY_CALL.flatMap(([id]) =>
  [...ROLES, null].map((role) => ({
    id,
    role,
    mayCall: MAY_CALL[id] === "-" || (role !== null && MAY_CALL[id].includes(LETTERS[role])),
  })),
);

it("every call has its row, and every row a call", () => {
  expect(Object.keys(MAY_CALL)).toEqual(EVERY_CALL.map(([id]) => id));
  expect(MATRIX).toHaveLength(EVERY_CALL.length * (ROLES.length + 1));
});

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
  it.each(
    EVERY_CALL.filter(([, { roles }]) => roles.length > 0).flatMap(([id]) =>
      forgedPrincipals().map((headers) => ({
        id,
        headers,
        principal: headers["x-ms-client-principal"],
      })),
    ),
  )("is not believed by $id ($principal)", async ({ id, headers }) => {
    const anonymous = await callTo(memoryStage(), id, { caller: null, headers });
    const nobody = await callTo(memoryStage(), id, {
      caller: { callerId: "nobody", roles: [] },
      headers,
    });

    expect([anonymous.status, nobody.status]).toEqual([401, 403]);
  });
});
