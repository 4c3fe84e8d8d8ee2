import { AppError, isCode } from "../../errors.ts";
import type { Ask } from "./source.ts";

/**
 * Calls the API of a guest workspace. The token opened the workspace when it was registered, so a service that
 * turns it away now says that the session is over; nobody recorded whether it does so by 401, 403 or 404. Then
 * this throws `guest-workspace-expired`. A single thing that is not found is only missing while the workspace
 * itself is there. `keyOf` gives the token, and what it throws tells nothing about the workspace.
 */
export function guestAsk(ask: Ask, keyOf: () => Promise<string>): Ask {
  return async (call) => {
    await keyOf();
    try {
      return await ask(call);
    } catch (error) {
      if (isTurnedAway(error)) throw guestExpired(error);
      if (isCode(error, "asset-not-found")) await assertThere(ask);
      throw error;
    }
  };
}

/** Whether the service refuses a workspace as a whole. */
export function isTurnedAway(error: unknown): error is AppError {
  return isCode(error, "workspace-denied") || isCode(error, "workspace-not-found");
}

/** The error for a guest workspace that has ended. */
export function guestExpired(cause: AppError): AppError {
  const message =
    "The service turns the guest workspace away: its session of at most 8 hours is over, and its data with it";
  return new AppError("guest-workspace-expired", message, { cause });
}

async function assertThere(ask: Ask): Promise<void> {
  try {
    await ask((client, access) => client.settings(access));
  } catch (error) {
    throw isTurnedAway(error) ? guestExpired(error) : error;
  }
}
