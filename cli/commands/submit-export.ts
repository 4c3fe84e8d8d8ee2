import { randomUUID } from "node:crypto";
import { submitBodySchema } from "../../shared/core/wire.ts";
import type { CommandContext } from "../command-context.ts";
import { CommandError } from "../command-error.ts";
import { expectSuccess, requestLine, watchRequest } from "../watch-request.ts";
import { downloadedText, downloadTo } from "./download.ts";

export type ExportOptions = {
  /** The same key gives the same request; without one every call makes a new request. */
  readonly key?: string;
  readonly wait?: boolean;
  /** Waits, and downloads the package to this folder. */
  readonly out?: string;
};

/** `studio-dsr export <workspace>`: submits an export, and follows it as far as the options say. */
export async function submitExport(
  context: CommandContext,
  workspace: string,
  options: ExportOptions,
): Promise<void> {
  const body = submitBodySchema.safeParse({ kind: "export", scope: { workspace } });
  if (!body.success) {
    throw new CommandError(
      "The workspace must be the ARM id of a Studio (classic) workspace or its id of 32 hex digits.",
      { exitCode: 2 },
    );
  }
  // A key of our own lets the client repeat a submission whose answer got lost.
  const submitted = await context.client.submit(body.data, options.key ?? randomUUID());
  if (options.wait !== true && options.out === undefined) {
    const next = `Follow it with: studio-dsr status ${submitted.id} --watch`;
    context.print(`${submitted.id}  ${requestLine(submitted)}\n${next}`, submitted);
    return;
  }
  const request = await watchRequest(
    context.client,
    submitted.id,
    (seen) => context.progress.show(`${seen.id}  ${requestLine(seen)}`),
    context.signal,
  );
  context.progress.end();
  expectSuccess(request);
  if (options.out === undefined) {
    const next = `Get the package with: studio-dsr download ${request.id}`;
    context.print(`${request.id}  ${requestLine(request)}\n${next}`, request);
    return;
  }
  const proven = await downloadTo(context, request.id, options.out);
  context.print(downloadedText(proven), { request, package: proven });
}
