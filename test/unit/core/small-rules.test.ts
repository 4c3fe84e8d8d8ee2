import { describe, expect, it } from "vitest";
import { waitMs } from "../../../shared/core/backoff.ts";
import { maySee } from "../../../shared/core/caller.ts";
import { messageId } from "../../../shared/core/messages.ts";
import { parseWorkspaceRef } from "../../../shared/core/scope.ts";
import { isFull, MAX_SLICE_BYTES, sliceId } from "../../../shared/core/slice.ts";
import { aRequest } from "../../support/requests.ts";

describe("the wait before another try", () => {
  const backoff = { baseMs: 1_000, capMs: 60_000, maxTries: 5 };

  it.each([
    [0, 0.5, undefined, 500],
    [3, 1, undefined, 8_000],
    [40, 1, undefined, 60_000],
    [0, 0, 30_000, 30_000],
    [0, 0.5, 30_000, 31_500],
    [6, 1, 1_000, 60_000],
  ])(
    "after %i tries, at random %f, asked for %s ms, is %i ms",
    (tries, random, asked, expected) => {
      expect(waitMs(backoff, tries, random, asked)).toBe(expected);
    },
  );
});

describe("the name of a workspace", () => {
  const subscription = "f52ca913-39ff-4bb4-89ea-a4ef9043fd2d";
  const armId = `/subscriptions/${subscription}/resourceGroups/contoso-ml-rg/providers/Microsoft.MachineLearning/workspaces/contoso-churn`;

  it("is an ARM id in any case", () => {
    expect(parseWorkspaceRef(armId.toUpperCase())).toMatchObject({
      by: "arm-id",
      subscriptionId: subscription,
    });
  });

  it("is a workspace id with or without dashes", () => {
    expect(parseWorkspaceRef("B577BBF6-C466-40C8-22E2-A6E3D255D437")).toEqual({
      by: "workspace-id",
      workspaceId: "b577bbf6c46640c822e2a6e3d255d437",
    });
  });

  it.each([
    "",
    "contoso-churn",
    `${armId}/../other`,
    armId.replace("MachineLearning", "MachineLearningServices"),
    `${armId}?api-version=1`,
    "b577bbf6c46640c822e2a6e3d255d43",
  ])("is not %j", (text) => {
    expect(parseWorkspaceRef(text)).toBeNull();
  });
});

describe("a slice", () => {
  it.each([
    [0, 0, MAX_SLICE_BYTES + 1, false],
    [99, 10, 10, false],
    [100, 10, 0, true],
    [1, MAX_SLICE_BYTES - 1, 1, false],
    [1, MAX_SLICE_BYTES, 1, true],
  ])(
    "of %i assets and %i bytes that is offered %i more is full: %s",
    (assets, expectedBytes, next, expected) => {
      expect(isFull({ assets, expectedBytes }, next)).toBe(expected);
    },
  );

  it("has an id that sorts in order of generation, phase and number", () => {
    const ids = [
      sliceId(1, 1, 2),
      sliceId(1, 1, 10),
      sliceId(1, 2, 1),
      sliceId(2, 1, 1),
      sliceId(10, 1, 1),
    ];

    expect(ids.toSorted()).toEqual(ids);
    expect(messageId({ requestId: "r", step: "export", slice: "001-01-000002", attempt: 3 })).toBe(
      "r-export-001-01-000002-3",
    );
  });
});

describe("a request", () => {
  const request = aRequest({ submitter: "a" });

  it("is seen by its submitter and by those who watch over all", () => {
    expect(maySee({ callerId: "a", roles: ["Requester"] }, request)).toBe(true);
    expect(maySee({ callerId: "b", roles: ["Operator"] }, request)).toBe(true);
    expect(maySee({ callerId: "b", roles: ["Auditor"] }, request)).toBe(true);
    expect(maySee({ callerId: "b", roles: ["Requester", "Approver"] }, request)).toBe(false);
  });
});
