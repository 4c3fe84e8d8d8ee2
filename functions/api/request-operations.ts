import {
  packageViewSchema,
  requestListSchema,
  requestQuerySchema,
  requestViewSchema,
  submitBodySchema,
} from "../../shared/core/wire.ts";
import { exportAssets, exportSubject, exportWorkspace, unknownMember } from "./examples.ts";
import { type Answered, operations } from "./operation.ts";

const request: Answered = { description: "The request.", schema: requestViewSchema };
const accepted: Answered = {
  description: "The request is stored and cannot be lost.",
  schema: requestViewSchema,
  headers: ["Location", "Retry-After", "Idempotent-Replayed"],
};

/** The calls about privacy requests. */
export const REQUEST_OPERATIONS = operations({
  submitRequest: {
    method: "POST",
    path: "/api/privacy-requests",
    tag: "requests",
    summary: "Submits an export or a deletion.",
    roles: ["Requester"],
    takesIdempotencyKey: true,
    body: submitBodySchema,
    examples: { exportWorkspace, exportAssets, exportSubject, unknownMember },
    answers: { 202: accepted },
    errors: ["idempotency-conflict", "not-supported", "workspace-not-found"],
  },
  listRequests: {
    method: "GET",
    path: "/api/privacy-requests",
    tag: "requests",
    summary: "The requests, newest first: a caller's own; for Operators and Auditors, all.",
    roles: ["Requester", "Approver", "Operator", "Auditor"],
    query: requestQuerySchema,
    answers: { 200: { description: "A page of requests.", schema: requestListSchema } },
  },
  getRequest: {
    method: "GET",
    path: "/api/privacy-requests/{id}",
    tag: "requests",
    summary: "The state of a request and how far it is.",
    roles: ["Requester", "Approver", "Operator", "Auditor"],
    answers: { 200: request },
  },
  getPackage: {
    method: "GET",
    path: "/api/privacy-requests/{id}/package",
    tag: "requests",
    summary: "Short-lived links to the files of a sealed package.",
    roles: ["Requester", "Operator"],
    answers: { 200: { description: "The links.", schema: packageViewSchema } },
    errors: ["package-not-ready", "package-purged"],
  },
  retryRequest: {
    method: "POST",
    path: "/api/privacy-requests/{id}/retry",
    tag: "requests",
    summary: "Makes a request for exactly what failed in this one; asked again, it is the same.",
    roles: ["Requester", "Operator"],
    answers: { 202: accepted },
    errors: ["state-conflict", "not-supported"],
  },
});
