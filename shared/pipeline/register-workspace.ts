import { randomBytes } from "node:crypto";
import type { Caller } from "../core/caller.ts";
import {
  isRegistered,
  mayManage,
  type Registered,
  type Registration,
} from "../core/registration.ts";
import { studioUrlAt } from "../core/studio-region.ts";
import type { RegisterBody } from "../core/wire.ts";
import { AppError, isCode } from "../errors.ts";
import type { Stored, WorkspaceFacts } from "./ports.ts";
import { despiteConflicts, purgeStale, type RegistrationStage } from "./registrations.ts";

/** Registers a free or guest workspace: its token is checked, then kept where nobody reads it again. */

/** Who registers what. */
export type Registering = {
  readonly caller: Caller;
  readonly workspaceId: string;
  readonly body: RegisterBody;
};

/** What the service told of the workspace, and where it was asked. */
type Checked = Pick<Registration, "workspaceId" | "accountType" | "createdAt" | "studioUrl">;

/**
 * Registers the workspace, or replaces its token, once the token has opened the workspace; the token before
 * is purged. Two at once end as if one had come after the other.
 *
 * Throws `validation-failed` for another place than a configured region and for another type than was said,
 * `workspace-denied` when the token is refused, `not-supported` for a standard workspace, `forbidden` when
 * somebody else has registered it (said to nobody whose token does not open it), `store-unavailable`,
 * `store-conflict` and what the probe throws.
 */
export async function registerWorkspace(
  stage: RegistrationStage,
  { caller, workspaceId, body }: Registering,
): Promise<{ readonly registration: Registered; readonly isNew: boolean }> {
  const { token } = body;
  const studioUrl = studioUrlAt(stage.regions, body);
  const facts = await stage.probe.look({ workspaceId, studioUrl, token });
  const checked = { workspaceId, studioUrl, ...registrable(facts, body) };
  const stored = await despiteConflicts(() => store(stage, caller, checked, token));
  const { registration, isNew } = stored;
  await purgeStale(stage, { value: registration, version: stored.version });
  const { accountType } = registration;
  stage.telemetry.workspaceRegistered({ workspaceId, accountType, isNew });
  return { registration, isNew };
}

function registrable(
  { accountType, createdAt }: WorkspaceFacts,
  { type }: RegisterBody,
): Pick<Registration, "accountType" | "createdAt"> {
  if (accountType === "standard") {
    const message =
      "This is a standard workspace: export it by its ARM id, without registering a token";
    throw new AppError("not-supported", message);
  }
  if (type === undefined || type === accountType) return { accountType, createdAt };
  throw new AppError("validation-failed", "The workspace has another account type", {
    findings: [{ pointer: "/type", detail: `the service says that it is ${accountType}` }],
  });
}

type StoredToken = {
  readonly registration: Registered;
  readonly version: string;
  readonly isNew: boolean;
};

/**
 * Names the new secret in the record, makes it, and only then makes it the registration's: a crash leaves no
 * secret that no record names. Throws `store-conflict` when somebody else came in between.
 */
async function store(
  stage: RegistrationStage,
  caller: Caller,
  checked: Checked,
  token: string,
): Promise<StoredToken> {
  const { registry, vault, clock } = stage;
  const { workspaceId } = checked;
  const stored = await registry.load(workspaceId);
  const current = stored?.value ?? null;
  if (isRegistered(current) && !mayManage(caller, current)) throw registeredBySomebodyElse();
  const at = clock.now();
  const secretName = `workspace-${workspaceId}-${randomBytes(8).toString("hex")}`;
  const before = isRegistered(current) ? current : null;
  const base: Registration = {
    ...checked,
    registeredBy: before?.registeredBy ?? caller.callerId,
    registeredAt: at,
    secretName: null,
    stale: current?.stale ?? [],
    changedAt: at,
  };
  const draft = { ...(before ?? base), stale: [...base.stale, secretName], changedAt: at };
  const version = await registry.save(draft, stored?.version ?? null);
  await vault.put(secretName, token);
  const replaced = before === null ? [] : [before.secretName];
  const registration = { ...base, secretName, stale: [...base.stale, ...replaced] };
  const isNew = before === null;
  return { registration, isNew, version: await confirm(stage, { value: registration, version }) };
}

/** Makes a secret that is in the vault the registration's; takes it out again when somebody else was faster. */
async function confirm(
  { registry, vault }: RegistrationStage,
  { value, version }: Stored<Registered>,
): Promise<string> {
  try {
    return await registry.save(value, version);
  } catch (error) {
    if (!isCode(error, "store-conflict")) throw error;
    // A write whose answer was lost looks like somebody else's.
    const stored = await registry.load(value.workspaceId);
    if (stored?.value.secretName === value.secretName) return stored.version;
    await vault.purge(value.secretName);
    throw error;
  }
}

function registeredBySomebodyElse(): AppError {
  return new AppError(
    "forbidden",
    "Somebody else has registered this workspace: only they or an Operator can replace its token",
  );
}
