import { z } from "zod";
import {
  deadLetterListSchema,
  deadLetterQuerySchema,
  healthSchema,
} from "../../shared/core/wire.ts";
import { operations } from "./operation.ts";

/** The calls of those who operate the service, and of the service about itself. */
export const SERVICE_OPERATIONS = operations({
  listDeadLetters: {
    method: "GET",
    path: "/api/dead-letters",
    tag: "operations",
    summary: "Messages that the broker gave up delivering. Their content is not shown.",
    roles: ["Operator"],
    query: deadLetterQuerySchema,
    answers: { 200: { description: "The oldest of each queue.", schema: deadLetterListSchema } },
    errors: ["bus-unavailable"],
  },
  replayDeadLetter: {
    method: "POST",
    path: "/api/dead-letters/{queue}/{number}/replay",
    tag: "operations",
    summary: "Puts a dead letter back into its queue.",
    roles: ["Operator"],
    answers: { 204: { description: "It is in its queue again." } },
    errors: ["bus-unavailable"],
  },
  discardDeadLetter: {
    method: "DELETE",
    path: "/api/dead-letters/{queue}/{number}",
    tag: "operations",
    summary: "Throws a dead letter away.",
    roles: ["Operator"],
    answers: { 204: { description: "It is gone." } },
    errors: ["bus-unavailable"],
  },
  getOpenApi: {
    method: "GET",
    path: "/api/openapi.json",
    tag: "service",
    summary: "This document.",
    roles: [],
    answers: { 200: { description: "OpenAPI 3.1.", schema: z.looseObject({}) } },
  },
  health: {
    method: "GET",
    path: "/api/health",
    tag: "service",
    summary: "Whether the service can reach its store.",
    roles: [],
    answers: { 200: { description: "It can.", schema: healthSchema } },
  },
});
