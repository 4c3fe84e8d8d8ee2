import { JOSEError } from "jose/errors";
import { z } from "zod";
import type { TokenIssuer } from "../entra/token-issuer.ts";
import { emptyReply, jsonReply, type Reply } from "../http/reply.ts";
import { createRouter, type Handler, type PathValues, type Route } from "../http/router.ts";
import type { SimulatorRequest } from "../http/simulator-request.ts";
import { signDigest } from "./sign-digest.ts";
import type { KeyVersion, SecretVersion, VaultStore } from "./vault-store.ts";

/** What the vault needs. */
export type VaultContext = {
  readonly origin: string;
  readonly issuer: TokenIssuer;
  readonly store: VaultStore;
};

const RESOURCE = "https://vault.azure.net";
const DIGEST_BYTES = 32;

/**
 * Key Vault: secrets (set, get, delete, purge) and ES256 keys (create, get, sign), as the Azure SDKs call them.
 * They first call without a token and learn from the challenge of the 401 where to get one. Its resource
 * is that of the public cloud, so a client has to set `disableChallengeResourceVerification`.
 * https://learn.microsoft.com/rest/api/keyvault/
 */
export function createVaultHandler(context: VaultContext): Handler {
  const router = createRouter([...secretRoutes(context), ...keyRoutes(context)], () =>
    failure(404, "NotFound", "The path was not found."),
  );
  return async (request) => (await refusalOf(request, context)) ?? router(request);
}

async function refusalOf(
  request: SimulatorRequest,
  { issuer, origin }: VaultContext,
): Promise<Reply | null> {
  const token = /^bearer (\S+)$/i.exec(request.header("authorization") ?? "")?.[1] ?? "";
  try {
    await issuer.verify(token, [RESOURCE, `${RESOURCE}/`]);
  } catch (error) {
    if (!(error instanceof JOSEError)) throw error;
    const reply = failure(401, "Unauthorized", "Request is missing a Bearer or PoP token.");
    const authority = new URL(`/${issuer.tenantId}`, issuer.issuer).href;
    const challenge = `Bearer authorization="${authority}", resource="${RESOURCE}"`;
    return { ...reply, headers: { ...reply.headers, "WWW-Authenticate": challenge } };
  }
  if (request.query("api-version") !== undefined) return null;
  return failure(400, "BadParameter", `api-version must be specified at ${origin}.`);
}

const secretSchema = z.object({ value: z.string() });

function secretRoutes({ origin, store }: VaultContext): Route[] {
  const get = (path: PathValues, version: string | null) => {
    const secret = store.secret(path("name"), version);
    return secret === null
      ? failure(404, "SecretNotFound", "A secret with this name was not found in this key vault.")
      : jsonReply(wireSecret(origin, path("name"), secret));
  };
  return [
    {
      method: "PUT",
      pattern: "/secrets/{name}",
      handle: async (request, path) => {
        const body = secretSchema.safeParse(await jsonBody(request));
        if (!body.success) return failure(400, "BadParameter", "The value is missing.");
        if (store.deletedSecret(path("name")) !== null) {
          const message = "The secret is deleted but recoverable: it has to be purged first.";
          return failure(409, "Conflict", message);
        }
        const secret = await store.addSecret(path("name"), body.data.value);
        return jsonReply(wireSecret(origin, path("name"), secret));
      },
    },
    {
      method: "GET",
      pattern: "/secrets/{name}",
      handle: (_request, path) => get(path, null),
    },
    {
      method: "GET",
      pattern: "/secrets/{name}/{version}",
      handle: (_request, path) => get(path, path("version")),
    },
    {
      method: "DELETE",
      pattern: "/secrets/{name}",
      handle: async (_request, path) => {
        const secret = await store.removeSecret(path("name"));
        if (secret === null) return failure(404, "SecretNotFound", "The secret was not found.");
        return jsonReply(wireDeleted(origin, path("name"), secret));
      },
    },
    {
      method: "GET",
      pattern: "/deletedsecrets/{name}",
      handle: (_request, path) => {
        const secret = store.deletedSecret(path("name"));
        return secret === null
          ? notDeleted()
          : jsonReply(wireDeleted(origin, path("name"), secret));
      },
    },
    {
      method: "DELETE",
      pattern: "/deletedsecrets/{name}",
      handle: async (_request, path) =>
        (await store.purgeSecret(path("name"))) ? emptyReply(204) : notDeleted(),
    },
  ];
}

const createKeySchema = z.object({ kty: z.literal("EC"), crv: z.literal("P-256").optional() });
const signSchema = z.object({ alg: z.literal("ES256"), value: z.base64url() });

function keyRoutes({ origin, store }: VaultContext): Route[] {
  const get = (path: PathValues, version: string | null) => {
    const key = store.key(path("name"), version);
    return key === null ? keyNotFound() : jsonReply(wireKey(origin, path("name"), key));
  };
  return [
    {
      method: "POST",
      pattern: "/keys/{name}/create",
      handle: async (request, path) => {
        const body = createKeySchema.safeParse(await jsonBody(request));
        if (!body.success) return failure(400, "BadParameter", "Only EC keys on P-256 are made.");
        return jsonReply(wireKey(origin, path("name"), await store.addKey(path("name"))));
      },
    },
    { method: "GET", pattern: "/keys/{name}", handle: (_request, path) => get(path, null) },
    {
      method: "GET",
      pattern: "/keys/{name}/versions",
      handle: (_request, path) =>
        jsonReply({
          value: store.keyVersions(path("name")).map((key) => ({
            kid: keyId(origin, path("name"), key),
            attributes: wireAttributes(key.createdAtSeconds),
          })),
          nextLink: null,
        }),
    },
    {
      method: "GET",
      pattern: "/keys/{name}/{version}",
      handle: (_request, path) => get(path, path("version")),
    },
    {
      method: "POST",
      pattern: "/keys/{name}/{version}/sign",
      handle: async (request, path) => {
        const key = store.key(path("name"), path("version"));
        if (key === null) return keyNotFound();
        const body = signSchema.safeParse(await jsonBody(request));
        const digest = Buffer.from(body.data?.value ?? "", "base64url");
        if (!body.success || digest.length !== DIGEST_BYTES) {
          return failure(400, "BadParameter", "ES256 signs a digest of 32 bytes.");
        }
        const value = signDigest(digest, key.jwk).toString("base64url");
        return jsonReply({ kid: keyId(origin, path("name"), key), value });
      },
    },
  ];
}

function wireSecret(origin: string, name: string, secret: SecretVersion) {
  return {
    value: secret.value,
    id: `${origin}/secrets/${name}/${secret.version}`,
    attributes: wireAttributes(secret.createdAtSeconds),
  };
}

function wireDeleted(origin: string, name: string, secret: SecretVersion) {
  const { value: _value, ...deleted } = wireSecret(origin, name, secret);
  return { ...deleted, recoveryId: `${origin}/deletedsecrets/${name}` };
}

function wireKey(origin: string, name: string, key: KeyVersion): Record<string, unknown> {
  const { kty, crv, x, y } = key.jwk;
  const kid = keyId(origin, name, key);
  return {
    key: { kid, kty, crv, x, y, key_ops: ["sign", "verify"] },
    attributes: wireAttributes(key.createdAtSeconds),
  };
}

function wireAttributes(createdAtSeconds: number): Record<string, unknown> {
  return {
    enabled: true,
    created: createdAtSeconds,
    updated: createdAtSeconds,
    recoveryLevel: "Purgeable",
  };
}

function keyId(origin: string, name: string, { version }: KeyVersion): string {
  return `${origin}/keys/${name}/${version}`;
}

/** Null for a body that is no JSON. */
async function jsonBody(request: SimulatorRequest): Promise<unknown> {
  const text = await request.readText();
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function notDeleted(): Reply {
  return failure(404, "SecretNotFound", "There is no deleted secret with this name.");
}

function keyNotFound(): Reply {
  return failure(404, "KeyNotFound", "A key with this name was not found in this key vault.");
}

function failure(status: number, code: string, message: string): Reply {
  return jsonReply({ error: { code, message } }, status);
}
