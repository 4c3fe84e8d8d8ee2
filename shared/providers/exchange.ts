import { type LookupAddress, lookup as resolveName } from "node:dns";
import type { IncomingMessage } from "node:http";
import { Agent, request as send } from "node:https";
import type { LookupFunction } from "node:net";
import { pipeline, type Readable } from "node:stream";
import { createUnzip } from "node:zlib";
import { AppError } from "../errors.ts";
import type { AllowAddress } from "./allowed-hosts.ts";

/** One exchange over HTTPS, on a connection to an address that was checked. */

/** What is sent. */
export type Sent = {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
};

/** What comes back, with the body still to come; destroy it when it is not read to its end. */
export type Received = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readable;
};

/**
 * Sends a call and gives the head of the answer, whatever its status; follows no redirect. Rejects with
 * `outbound-refused`, with the platform's own error, or when the signal aborts.
 */
export type Exchange = (url: URL, sent: Sent) => Promise<Received>;

/** Resolves a name to all its addresses, as `dns.lookup` does. */
export type ResolveName = (
  hostname: string,
  options: { readonly all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** A connection that is idle for longer may be closed by the other side just when it is taken. */
const IDLE_MS = 4_000;

/**
 * Makes exchanges on connections of their own that are kept for the next call. A name is resolved once per connection,
 * by the connection itself: every address must be allowed, and one of those very addresses is connected to, so that a
 * name whose answer changes between check and use gains nothing.
 */
export function createExchange(
  allowAddress: AllowAddress,
  resolve: ResolveName = resolveName,
): Exchange {
  const lookup = checkedLookup(allowAddress, resolve);
  const agent = new Agent({ keepAlive: true, timeout: IDLE_MS, lookup });
  return (url, { method, headers, signal }) =>
    new Promise((answered, failed) => {
      const sent = { "accept-encoding": "gzip", ...headers };
      send(url, { agent, method, headers: sent, signal }, (answer) => answered(received(answer)))
        .on("error", failed)
        .end();
    });
}

function checkedLookup(allowAddress: AllowAddress, resolve: ResolveName): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      const failure = error ?? refusalOf(addresses, allowAddress);
      if (failure !== null || first === undefined) done(failure ?? noAddress(), "", 0);
      else if (options.all === true) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };
}

/** One address that may not be called is enough: who answers like that is not to be trusted with the others. */
function refusalOf(
  addresses: readonly LookupAddress[],
  allowAddress: AllowAddress,
): AppError | null {
  const isAllowed = addresses.every(({ address }) => allowAddress(address));
  if (isAllowed) return null;
  const why = "its name leads to a network that is private or reserved";
  return new AppError("outbound-refused", `The address may not be called: ${why}`);
}

function noAddress(): Error {
  return Object.assign(new Error("The name has no address"), { code: "ENOTFOUND" });
}

function received(answer: IncomingMessage): Received {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(answer.headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  const isPacked = headers.get("content-encoding") === "gzip";
  // The stream that is read has the error of either.
  const body = isPacked ? pipeline(answer, createUnzip(), () => undefined) : answer;
  return { status: answer.statusCode ?? 0, headers, body };
}
