import { describe, expect, it } from "vitest";
import { check } from "../../../faults/checker/check.ts";
import type { Deletion, Evidence, Package } from "../../../faults/checker/evidence.ts";
import { approval, at, GOOD, submission } from "./good-evidence.ts";

function counts(some: Partial<Evidence>): Record<string, number> {
  const { findings: _findings, ...all } = check({ ...GOOD, ...some });
  return Object.fromEntries(Object.entries(all).filter(([, count]) => count > 0));
}

/** The good run with one more call that asks to delete. */
function withCall(call: Deletion): Partial<Evidence> {
  const { source } = GOOD;
  return { source: { ...source, deletions: [...source.deletions, call] } };
}

function withPackage(some: Partial<Package>): Partial<Evidence> {
  const packages = GOOD.packages.map((known) =>
    known.requestId === "r2" ? { ...known, ...some } : known,
  );
  return { packages };
}

describe("a thing is deleted twice when", () => {
  it("two calls made it go", () => {
    const again = { at: at(22), things: ["w3"], isEffective: true };
    expect(counts(withCall(again))).toEqual({ doubleDeleted: 1 });
  });

  it("two requests claim to have deleted it", () => {
    const receipts = GOOD.receipts.map((known) => ({
      ...known,
      outcomes: [{ thing: "w3", outcome: "deleted" }],
    }));
    expect(counts({ receipts })).toEqual({ doubleDeleted: 1 });
  });
});

describe("a deletion is lost when", () => {
  it("a receipt says that it failed, and the thing is gone", () => {
    const outcomes = [{ thing: "w3", outcome: "failed" }];
    const receipts = GOOD.receipts.map((known) =>
      known.requestId === "r3" ? { ...known, outcomes } : known,
    );
    expect(counts({ receipts })).toEqual({ lost: 1 });
    const rival = { ...GOOD.receipts[2], outcomes: [{ thing: "w3", outcome: "deleted" }] };
    expect(
      counts({
        receipts: receipts.map((known) =>
          known.requestId === "r2" ? { ...known, ...rival, requestId: "r2" } : known,
        ),
      }),
    ).toEqual({});
  });
});

describe("a call that asks to delete is unapproved when", () => {
  it.each<[string, Deletion]>([
    ["nobody has approved that", { at: at(22), things: ["w1/a"], isEffective: false }],
    ["it comes before the approval", { at: at(11), things: ["w3"], isEffective: false }],
    [
      "something goes along that no plan had",
      { at: at(22), things: ["w3", "w9"], isEffective: false },
    ],
    ["it comes in a hold", { at: at(15), things: ["w2/a"], isEffective: false }],
  ])("%s", (_name, call) => {
    expect(counts(withCall(call))).toEqual({ deletedUnapproved: 1 });
  });

  it("the approval was refused", () => {
    const approvals = [
      approval("r2", at(10), ["w2/a"]),
      approval("r3", at(12), ["w3/a", "w3"], "refused"),
    ];
    expect(counts({ approvals })).toEqual({ deletedUnapproved: 2 });
  });

  it("who asked has approved", () => {
    const approvals = GOOD.approvals.map((known) => ({ ...known, approver: "rita" }));
    expect(counts({ approvals })).toMatchObject({ deletedUnapproved: 4 });
  });

  it("fewer people have approved than have to", () => {
    const submissions = GOOD.submissions.map((known) => ({ ...known, approvalsNeeded: 2 }));
    expect(counts({ submissions })).toMatchObject({ deletedUnapproved: 4 });
    const second = GOOD.approvals.map((known) => ({ ...known, approver: "otto" }));
    expect(counts({ submissions, approvals: [...GOOD.approvals, ...second] })).toEqual({});
    const ofAnotherPlan = second.map((known) => ({ ...known, planHash: "p2" }));
    expect(counts({ submissions, approvals: [...GOOD.approvals, ...ofAnotherPlan] })).toMatchObject(
      {
        deletedUnapproved: 4,
      },
    );
  });

  it.each(["cancelled", "replanned"] as const)("the request was %s before", (why) => {
    const bars = [{ requestId: "r3", why, from: at(20), until: null }];
    expect(counts({ bars })).toEqual({ deletedUnapproved: 2 });
  });

  it("a thing has gone of which the source knows no call", () => {
    const { source } = GOOD;
    expect(counts({ source: { ...source, after: ["w1/a"] } })).toEqual({ deletedUnapproved: 1 });
  });
});

describe("a thing is deleted without a sealed export when", () => {
  it("the package was sealed after the call", () => {
    const requests = GOOD.requests.map((known) => ({
      ...known,
      sealedAt: known.sealedAt && at(25),
    }));
    expect(counts({ requests })).toEqual({ deletedWithoutSealedExport: 2 });
  });

  it("the package does not hold it", () => {
    expect(counts(withPackage({ holds: [], exceptions: ["w2/a"] }))).toEqual({
      deletedWithoutSealedExport: 2,
    });
  });

  it("the package is corrupt", () => {
    expect(counts(withPackage({ problems: ["a file is missing"] }))).toEqual({
      corruptPackages: 1,
      deletedWithoutSealedExport: 2,
    });
  });

  it("but not when a request without that wish was allowed to delete it", () => {
    const approvals = [...GOOD.approvals, approval("r3", at(12), ["w2/a"], "ok")];
    expect(counts({ ...withPackage({ holds: [], exceptions: ["w2/a"] }), approvals })).toEqual({});
  });
});

describe("a package is corrupt when", () => {
  it("something that was asked for is neither in it nor named as missing", () => {
    const submissions = GOOD.submissions.map((known) =>
      known.key === "k1" ? submission("k1", { things: ["w1/a", "w1/b", "w1/c"] }) : known,
    );
    expect(counts({ submissions })).toEqual({ corruptPackages: 1 });
  });

  it("a content is not as it is at its source", () => {
    const holds = [{ thing: "w2/a", sha256: "ff" }];
    expect(counts(withPackage({ holds }))).toEqual({ corruptPackages: 1 });
  });

  it("a receipt is not signed as it must be, or tells another end", () => {
    const receipts = GOOD.receipts.map((known) =>
      known.requestId === "r1" ? { ...known, problems: ["the signature is wrong"] } : known,
    );
    expect(counts({ receipts })).toEqual({ corruptPackages: 1 });
    const other = GOOD.receipts.map((known) => ({ ...known, state: "failed" }));
    expect(counts({ receipts: other })).toEqual({ corruptPackages: 3 });
  });
});
