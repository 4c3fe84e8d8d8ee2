import { z } from "zod";
import {
  approvalBodySchema,
  auditViewSchema,
  cancelBodySchema,
  identityBodySchema,
  packageViewSchema,
  planQuerySchema,
  planViewSchema,
  reasonBodySchema,
  requestListSchema,
  requestQuerySchema,
  requestViewSchema,
  submitBodySchema,
} from "../../shared/core/wire.ts";
import type { ErrorCode } from "../../shared/errors.ts";
import {
  approvePlan,
  awaitWithReason,
  cancelWithReason,
  confirmIdentityOf,
  deleteAssets,
  exportAssets,
  exportSubject,
  exportWorkspace,
  extendWithReason,
  holdWithReason,
  refuseWithReason,
  unknownMember,
} from "./examples.ts";
import { type Answered, operations } from "./operation.ts";

const request: Answered = { description: "The request.", schema: requestViewSchema };
const accepted: Answered = {
  description: "The request is stored and cannot be lost.",
  schema: requestViewSchema,
  headers: ["Location", "Retry-After", "Idempotent-Replayed"],
};

/** What people decide about a request. */
const decision = {
  tag: "requests",
  answers: { 200: request },
  errors: ["state-conflict"] as ErrorCode[],
} as const;

/** The calls about privacy requests. */
export const REQUEST_OPERATIONS = operations({
  submitRequest: {
    tag: "requests",
    summary: "Submits an export or a deletion.",
    roles: ["Requester"],
    takesIdempotencyKey: true,
    body: submitBodySchema,
    examples: { exportWorkspace, exportAssets, deleteAssets, exportSubject, unknownMember },
    answers: { 202: accepted },
    errors: [
      "idempotency-conflict",
      "not-supported",
      "workspace-not-found",
      "workspace-being-deleted",
    ],
  },
  listRequests: {
    tag: "requests",
    summary: "The requests, newest first: a caller's own; for Operators and Auditors, all.",
    roles: ["Requester", "Approver", "Operator", "Auditor"],
    query: requestQuerySchema,
    answers: { 200: { description: "A page of requests.", schema: requestListSchema } },
  },
  getRequest: {
    tag: "requests",
    summary: "The state of a request and how far it is.",
    roles: ["Requester", "Approver", "Operator", "Auditor"],
    answers: { 200: request },
  },
  getPackage: {
    tag: "requests",
    summary: "Short-lived links to the files of a sealed package.",
    roles: ["Requester", "Operator"],
    answers: { 200: { description: "The links.", schema: packageViewSchema } },
    errors: ["package-not-ready", "package-purged"],
  },
  retryRequest: {
    tag: "requests",
    summary: "Makes a request for exactly what failed in this one; asked again, it is the same.",
    roles: ["Requester", "Operator"],
    answers: { 202: accepted },
    errors: ["state-conflict", "not-supported"],
  },
  getReceipt: {
    tag: "requests",
    summary: "The signed receipt of a request that has ended, byte for byte as it was signed.",
    roles: ["Requester", "Approver", "Operator", "Auditor"],
    answers: { 200: { description: "The receipt file.", schema: z.looseObject({}) } },
    errors: ["receipt-not-ready"],
  },
  getAudit: {
    tag: "requests",
    summary: "The history of a request: every entry carries the hash of the one before.",
    roles: ["Requester", "Approver", "Operator", "Auditor"],
    answers: { 200: { description: "The history, in order.", schema: auditViewSchema } },
  },
  getPlan: {
    tag: "requests",
    summary: "What a deletion would delete, and what would stay.",
    roles: ["Requester", "Approver", "Operator", "Auditor"],
    query: planQuerySchema,
    answers: {
      200: { description: "The plan.", schema: planViewSchema, alsoAs: ["text/html", "text/csv"] },
    },
    errors: ["state-conflict"],
  },
  approveRequest: {
    ...decision,
    summary: "Approves a deletion's plan by its hash; nobody can approve what they asked for.",
    roles: ["Approver"],
    body: approvalBodySchema,
    examples: { approvePlan },
    errors: ["state-conflict", "plan-stale", "request-held"],
  },
  refuseRequest: {
    ...decision,
    summary: "Ends a request with a reason, before its deletion has begun.",
    roles: ["Approver", "Operator"],
    body: reasonBodySchema,
    examples: { refuseWithReason },
  },
  cancelRequest: {
    ...decision,
    summary: "Takes a request back: an export at any time, a deletion until it has begun.",
    roles: ["Requester", "Operator"],
    body: cancelBodySchema,
    examples: { cancelWithReason },
  },
  holdRequest: {
    ...decision,
    summary: "Holds a deletion: no destructive call starts from `effectiveAt` on.",
    roles: ["Operator"],
    body: reasonBodySchema,
    examples: { holdWithReason },
  },
  releaseRequest: {
    ...decision,
    summary: "Ends a hold.",
    roles: ["Operator"],
    body: reasonBodySchema,
    examples: { holdWithReason },
  },
  extendRequest: {
    ...decision,
    summary: "Extends the time to answer, once, before the first date.",
    roles: ["Operator"],
    body: reasonBodySchema,
    examples: { extendWithReason },
  },
  awaitIdentity: {
    ...decision,
    summary: "Lets the clock stand still until it is confirmed whose data it is.",
    roles: ["Requester", "Operator"],
    body: reasonBodySchema,
    examples: { awaitWithReason },
  },
  confirmIdentity: {
    ...decision,
    summary: "Records the evidence of whose data it is.",
    roles: ["Operator"],
    body: identityBodySchema,
    examples: { confirmIdentityOf },
  },
});
