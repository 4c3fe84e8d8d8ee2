import { describe, expect, it } from "vitest";
import { expiresAtOf, mayManage, registrationView } from "../../../shared/core/registration.ts";
import { aRegistration } from "../../support/contracts/workspace-registry-contract.ts";

const CREATED = "2026-01-15T08:00:00.000Z";

describe("a guest workspace", () => {
  it("ends eight hours after it was made", () => {
    const endsAt = expiresAtOf({ accountType: "guest", createdAt: CREATED });

    expect(endsAt).toBe("2026-01-15T16:00:00.000Z");
  });

  it.each(["standard", "free"] as const)("is not a %s one, which has no end", (accountType) => {
    expect(expiresAtOf({ accountType, createdAt: CREATED })).toBeNull();
  });

  it("has no known end when the service does not say when it was made", () => {
    expect(expiresAtOf({ accountType: "guest", createdAt: null })).toBeNull();
  });
});

describe("a registration", () => {
  it("shows neither the name of its secret nor what is to be purged", () => {
    const registration = aRegistration("a", { secretName: "secret-1", stale: ["secret-2"] });

    const view = registrationView(registration);

    expect(JSON.stringify(view)).not.toContain("secret");
    expect(view).toMatchObject({ id: "a".repeat(32), accountType: "free", expiresAt: null });
  });

  it.each([
    ["who registered it", "me", ["Requester"], true],
    ["an Operator", "other", ["Operator"], true],
    ["another Requester", "other", ["Requester"], false],
    ["an Auditor", "other", ["Auditor"], false],
  ] as const)("is managed by %s: %s", (_who, callerId, roles, may) => {
    const registration = aRegistration("a", { registeredBy: "me" });

    expect(mayManage({ callerId, roles }, registration)).toBe(may);
  });
});
