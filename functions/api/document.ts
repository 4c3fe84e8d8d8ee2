import { z } from "zod";
import { problemSchema } from "../../shared/core/wire.ts";
import { ERROR_RULES, type ErrorCode } from "../../shared/errors.ts";
import { type Answered, type Operation, parametersOf } from "./operation.ts";

/** The document of the API: OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1.html), of the handlers' own schemas. */

/** Any JSON object. */
export type Json = { readonly [member: string]: unknown };

const DESCRIPTION = `Answers data-subject requests on Machine Learning Studio (classic) workspaces.

Every call but those of the service itself needs an access token of Microsoft Entra ID with one of the app roles that
the call names in \`x-roles\`. Where groups of functions run as apps of their own, \`x-group\` says which answers. What a caller may not know of is answered as what does not exist. Every error is
problem details (RFC 9457) with a stable \`code\`; docs/problems.md lists them.`;

const TAGS = {
  requests: "Privacy requests: exports and deletions.",
  workspaces: "Free and guest workspaces, and what a workspace holds.",
  operations: "What keeps the service going.",
  service: "The service about itself. No token is needed.",
} as const;

const HEADERS = {
  Location: "Where the thing is.",
  "Retry-After": "After how many seconds it is worth looking.",
  "Idempotent-Replayed": "`true` when the submission was known before.",
} as const;

const PARAMETERS: Readonly<Record<string, string>> = {
  id: "32 hex digits",
  queue: "the name of a queue",
  number: "the number of a dead letter in its queue",
};

/** The document of these operations. */
export function openApiDocument(table: Readonly<Record<string, Operation>>): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [operationId, operation] of Object.entries(table)) {
    const path = paths[operation.path] ?? {};
    path[operation.method.toLowerCase()] = operationObject(operationId, operation);
    paths[operation.path] = path;
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "studio-dsr",
      version: "1",
      description: DESCRIPTION,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: { Problem: jsonSchema(problemSchema, "output") },
      securitySchemes: { entra: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
    },
  };
}

/** The JSON Schema of a shape, as it comes in or as it goes out. */
export function jsonSchema(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}

function operationObject(operationId: string, operation: Operation): Json {
  const { tag, summary, roles, body, examples, group = "intake" } = operation;
  const isOpen = roles.length === 0;
  return {
    operationId,
    tags: [tag],
    summary,
    security: isOpen ? [] : [{ entra: [] }],
    ...(isOpen ? {} : { "x-roles": roles }),
    "x-group": group,
    parameters: parameterObjects(operation),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              "application/json": {
                schema: jsonSchema(body, "input"),
                ...(examples === undefined ? {} : { examples: exampleObjects(examples) }),
              },
            },
          },
        }),
    responses: { ...answerObjects(operation.answers), ...problemObjects(operation) },
  };
}

function exampleObjects(examples: NonNullable<Operation["examples"]>): Json {
  return Object.fromEntries(
    Object.entries(examples).map(([name, { summary, body }]) => [name, { summary, value: body }]),
  );
}

function parameterObjects(operation: Operation): Json[] {
  const inPath = parametersOf(operation).map((name) => ({
    name,
    in: "path",
    required: true,
    description: PARAMETERS[name],
    schema: { type: "string" },
  }));
  const inQuery = Object.entries(operation.query?.shape ?? {}).map(([name, schema]) => {
    const { description, ...rest } = jsonSchema(schema as z.ZodType, "input");
    return { name, in: "query", required: false, description, schema: rest };
  });
  if (operation.takesIdempotencyKey !== true) return [...inPath, ...inQuery];
  const key = {
    name: "Idempotency-Key",
    in: "header",
    required: false,
    description:
      "The caller's name for this submission, a quoted string: the same again is the same request.",
    schema: { type: "string", maxLength: 202 },
  };
  return [...inPath, ...inQuery, key];
}

function answerObjects(answers: Operation["answers"]): Json {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answered]) => [status, answerObject(answered)]),
  );
}

function answerObject({ description, schema, lines, alsoAs = [], headers = [] }: Answered): Json {
  const json: [string, Json][] =
    schema === undefined ? [] : [["application/json", { schema: jsonSchema(schema, "output") }]];
  if (lines !== undefined)
    json.push(["application/x-ndjson", { schema: jsonSchema(lines, "output") }]);
  const others = alsoAs.map((mediaType): [string, Json] => [
    mediaType,
    { schema: { type: "string" } },
  ]);
  const content = Object.fromEntries([...json, ...others]);
  return {
    description,
    ...(headers.length === 0
      ? {}
      : {
          headers: Object.fromEntries(
            headers.map((name) => [
              name,
              { description: HEADERS[name], schema: { type: "string" } },
            ]),
          ),
        }),
    ...(Object.keys(content).length === 0 ? {} : { content }),
  };
}

/** The errors of a call by status: those that it names, and those that come with what it takes. */
export function errorsOf(operation: Operation): readonly ErrorCode[] {
  const { roles, body, query, takesIdempotencyKey, errors = [] } = operation;
  const codes: ErrorCode[] = ["internal", "store-unavailable", ...errors];
  if (roles.length > 0) codes.push("unauthenticated", "forbidden", "source-unavailable");
  if (body !== undefined) codes.push("body-too-large", "body-too-slow", "media-type-unsupported");
  if (body !== undefined || query !== undefined || takesIdempotencyKey === true)
    codes.push("validation-failed");
  if (parametersOf(operation).length > 0) codes.push("not-found");
  return [...new Set(codes)];
}

function problemObjects(operation: Operation): Json {
  const byStatus = Map.groupBy(errorsOf(operation), (code) => ERROR_RULES[code].status);
  const content = {
    "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
  };
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, codes]) => [
        status,
        { description: codes.toSorted().join(", "), "x-codes": codes.toSorted(), content },
      ]),
  );
}
