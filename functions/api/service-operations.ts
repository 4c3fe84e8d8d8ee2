import { z } from "zod";
import { deletionControlsSchema } from "../../shared/core/controls.ts";
import {
  controlsBodySchema,
  deadLetterListSchema,
  deadLetterQuerySchema,
  healthSchema,
  registerQuerySchema,
  registerSchema,
  upkeepViewSchema,
} from "../../shared/core/wire.ts";
import { stopDeletions } from "./examples.ts";
import { type Answered, operations } from "./operation.ts";

const controls: Answered = { description: "The controls.", schema: deletionControlsSchema };

/** The calls of those who operate the service, and of the service about itself. */
export const SERVICE_OPERATIONS = operations({
  getDeletionControls: {
    tag: "operations",
    summary: "Whether all deletions are stopped, and how many may begin in an hour.",
    roles: ["Approver", "Operator", "Auditor"],
    answers: { 200: controls },
  },
  setDeletionControls: {
    tag: "operations",
    summary: "Stops all deletions or lets them go on, and caps them.",
    roles: ["Operator"],
    body: controlsBodySchema,
    examples: { stopDeletions },
    answers: { 200: controls },
  },
  listDeadLetters: {
    tag: "operations",
    summary: "Messages that the broker gave up delivering. Their content is not shown.",
    roles: ["Operator"],
    query: deadLetterQuerySchema,
    answers: { 200: { description: "The oldest of each queue.", schema: deadLetterListSchema } },
    errors: ["bus-unavailable"],
  },
  replayDeadLetter: {
    tag: "operations",
    summary: "Puts a dead letter back into its queue.",
    roles: ["Operator"],
    answers: { 204: { description: "It is in its queue again." } },
    errors: ["bus-unavailable"],
  },
  discardDeadLetter: {
    tag: "operations",
    summary: "Throws a dead letter away.",
    roles: ["Operator"],
    answers: { 204: { description: "It is gone." } },
    errors: ["bus-unavailable"],
  },
  getRegister: {
    tag: "operations",
    summary: "How many requests there were, and how long they took, by law, kind and outcome.",
    roles: ["Auditor"],
    query: registerQuerySchema,
    answers: {
      200: { description: "The register.", schema: registerSchema, alsoAs: ["text/csv"] },
    },
  },
  runTimer: {
    tag: "operations",
    summary: "Runs a timer now, for half a minute at most.",
    roles: ["Operator"],
    answers: { 200: { description: "What the run came to.", schema: upkeepViewSchema } },
  },
  getOpenApi: {
    tag: "service",
    summary: "This document.",
    roles: [],
    answers: { 200: { description: "OpenAPI 3.1.", schema: z.looseObject({}) } },
  },
  signingKeys: {
    tag: "service",
    summary: "The public keys that receipts are proven with (RFC 7517).",
    roles: [],
    answers: {
      200: {
        description: "The keys.",
        schema: z.object({ keys: z.array(z.looseObject({ kty: z.string() })) }),
      },
    },
  },
  health: {
    tag: "service",
    summary: "Whether the service can reach its store.",
    roles: [],
    answers: { 200: { description: "It can.", schema: healthSchema } },
  },
});
