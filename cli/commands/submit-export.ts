import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { type RequestView, submitBodySchema } from "../../shared/core/wire.ts";
import type { CommandContext } from "../command-context.ts";
import { checkTarget } from "../download-target.ts";
import { notAScope, scopeOf } from "../scope.ts";
import { expectSuccess, progressText, requestLine, watchRequest } from "../watch-request.ts";
import { downloadedText, downloadTo } from "./download.ts";

export type ExportOptions = {
  /** Everything about this person, in place of a workspace. */
  readonly subject?: string;
  /** The same key gives the same request; without one every call makes a new request. */
  readonly key?: string;
  readonly wait?: boolean;
  /** Waits, and downloads the package to this folder. */
  readonly out?: string;
};

/** `studio-dsr export [workspace]`: submits an export, and follows it as far as the options say. */
export async function submitExport(
  context: CommandContext,
  workspace: string | undefined,
  options: ExportOptions,
): Promise<void> {
  const { subject } = options;
  const scope = scopeOf({ workspace, subject });
  const body = submitBodySchema.safeParse({ kind: "export", scope });
  if (!body.success) throw notAScope();
  // Before the request exists: afterwards it would be too late to say that the folder is the wrong one.
  if (options.out !== undefined) await checkTarget(resolve(options.out), null);
  // A key of our own lets the client repeat a submission whose answer got lost.
  const submitted = await context.client.submit(body.data, options.key ?? randomUUID());
  if (options.wait !== true && options.out === undefined) {
    const next = `Follow it with: studio-dsr status ${submitted.id} --watch`;
    context.print(`${requestLine(submitted)}\n${next}`, submitted);
    return;
  }
  const request = await untilEnded(context, submitted.id);
  if (options.out === undefined) {
    const next = `Get the package with: studio-dsr download ${request.id}`;
    context.print(`${requestLine(request)}\n${next}`, request);
    return;
  }
  const goOn = `go on with "studio-dsr download ${request.id} --out ${options.out}"`;
  const proven = await downloadTo(context, request.id, { folder: options.out, goOn });
  context.print(downloadedText(proven), { request, package: proven });
}

/** The request once it has ended well; one that has not is printed before the error is thrown. */
async function untilEnded(context: CommandContext, requestId: string): Promise<RequestView> {
  const request = await watchRequest(
    context.client,
    requestId,
    (seen) => context.progress.show(progressText(seen)),
    context.signal,
  );
  context.progress.end();
  try {
    expectSuccess(request);
  } catch (error) {
    context.print(progressText(request), request);
    throw error;
  }
  return request;
}
