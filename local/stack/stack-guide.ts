import { dirname, join, resolve } from "node:path";
import { AUDIENCE } from "./settings.ts";
import { shownPath } from "./shown-path.ts";
import type { Stack } from "./stack-types.ts";

/** What the guide is about: a stack, and its workspace to try. It has a host unless there is a `funcFolder`. */
export type Guided = Pick<Stack, "urls" | "settings" | "settingsFile" | "caFile" | "funcFolder"> & {
  readonly workspace: string;
};

/** Any collector that takes OTLP over HTTP will do; Jaeger and Aspire show what they take. */
const NO_TRACES = "not sent (--otlp http://127.0.0.1:4318 sends them to a collector there)";

/** What runs where, where the settings are, and commands to try; for a person at a terminal. */
export function stackGuide(stack: Guided): string {
  const { urls } = stack;
  const rows = [
    ["API", stack.funcFolder === undefined ? urls.api : `${urls.api} (not started)`],
    ["Blobs", urls.azuriteBlob],
    ["Tables", urls.azuriteTable],
    ["Studio", urls.studio],
    ["ARM", urls.arm],
    ["Entra", urls.entra],
    ["Key Vault", urls.vault],
    ["Workspaces", `${urls.control}/control/workspaces`],
    ["Settings", shownPath(stack.settingsFile)],
    ["Authority", shownPath(stack.caFile)],
    ["Traces", stack.settings["OTEL_EXPORTER_OTLP_ENDPOINT"] ?? NO_TRACES],
  ] as const;
  const table = rows.map(([name, value]) => `  ${name.padEnd(12)}${value}`).join("\n");
  const { funcFolder } = stack;
  const steps = [
    ...(funcFolder === undefined ? [] : [startHost(stack), startFunc(stack, funcFolder)]),
    tryIt(stack),
  ];
  return ["The stack is up. Everything listens on 127.0.0.1 only.", table, ...steps].join("\n\n");
}

function startHost({ urls, settingsFile, caFile }: Guided): string {
  const flags = `--port ${new URL(urls.api).port} --settings ${quote(shownPath(settingsFile))}`;
  return `Start the host of this project:

  NODE_EXTRA_CA_CERTS=${quote(shownPath(caFile))} npm run host -- ${flags}`;
}

/** .NET reads the authority from `SSL_CERT_FILE` on Linux; elsewhere the system has to trust it. */
function startFunc({ caFile }: Guided, folder: string): string {
  const ca = quote(resolve(caFile));
  return `Or that of Azure Functions Core Tools (docs/local-functions-host.md):

  (cd ${quote(shownPath(folder))} && SSL_CERT_FILE=${ca} NODE_EXTRA_CA_CERTS=${ca} func start)`;
}

/** How to submit an export, with the command line and with curl; POSIX shell. */
function tryIt({ urls, caFile, settingsFile, workspace }: Guided): string {
  const stackFile = join(dirname(settingsFile), "stack.json");
  // The command line looks there by itself.
  const isUsual = stackFile === resolve(".local/stack.json");
  const environment = isUsual ? "" : `STUDIO_DSR_STACK=${quote(shownPath(stackFile))} `;
  const body = JSON.stringify({ kind: "export", scope: { workspace } });
  return `Try it:

  ${environment}npx studio-dsr export ${workspace} --wait

  token=$(curl -s --cacert ${quote(shownPath(caFile))} ${urls.token} \\
    -d grant_type=client_credentials -d client_id=requester-tool -d scope=${AUDIENCE}/.default \\
    | sed 's/.*"access_token": *"\\([^"]*\\)".*/\\1/')
  curl -s -H "Authorization: Bearer $token" -H "Content-Type: application/json" \\
    -d ${quote(body)} ${urls.api}/api/privacy-requests
`;
}

/** One word for a POSIX shell, whatever is in it. */
function quote(text: string): string {
  return /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
