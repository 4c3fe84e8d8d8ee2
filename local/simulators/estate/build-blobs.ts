import { guidOf } from "../seed/derived-ids.ts";
import { bytesContent, type Content, generatedContent } from "./content.ts";
import type { StoredBlob } from "./workspace.ts";

/** Whose blob it is and which storage account it lies in. */
export type BlobSite = { readonly workspaceKey: string | null; readonly storageAccount: string };

/** The operator's own account: logs of module runs lie there for every kind of workspace. */
const LOG_ACCOUNT = "esprodussouth001";

const OUTPUT_SIZES_BYTES = {
  ".dataset": 20_480,
  ".ilearner": 313_158,
  ".itransform": 4_096,
} as const;

/** A blob under `experimentoutput/<guid>/<guid><extension>`; the GUIDs follow from the label. */
export function storedBlob(
  label: string,
  extension: string,
  content: Content,
  contentType: string,
  site: BlobSite,
): StoredBlob {
  return {
    account: site.storageAccount,
    path: `experimentoutput/${guidOf(`blob-folder:${label}`)}/${guidOf(`blob:${label}`)}${extension}`,
    content,
    contentType,
    workspaceKey: site.workspaceKey,
  };
}

/** What a node's output port wrote: bytes in the service's own formats, which nobody else can read. */
export function storedOutput(label: string, portName: string, site: BlobSite): StoredBlob {
  const extension = outputExtension(portName);
  const content = generatedContent(label, OUTPUT_SIZES_BYTES[extension]);
  return storedBlob(label, extension, content, "application/octet-stream", site);
}

/** The preview that the web interface shows of a data set or an output. */
export function storedVisualization(label: string, site: BlobSite): StoredBlob {
  const preview = { visualizationType: "basic", columns: ["age", "tenure"], rows: [[34, 27]] };
  const content = bytesContent(Buffer.from(JSON.stringify(preview)));
  return storedBlob(`${label}:visualization`, "", content, "application/json", site);
}

/** Names and types of the columns, for the web interface. */
export function storedSchema(label: string, site: BlobSite): StoredBlob {
  const columns = ["age", "tenure"].map((name) => ({ name, type: "Numeric", isFeature: true }));
  const content = bytesContent(Buffer.from(JSON.stringify({ columns, rowCount: 1 })));
  return storedBlob(`${label}:schema`, "", content, "application/json", site);
}

/** How long a node's run took and where. */
export function storedRuntimeInfo(label: string, site: BlobSite): StoredBlob {
  const content = bytesContent(Buffer.from('{"runtime":"DotNet","elapsedSeconds":3}'));
  return storedBlob(`${label}:runtimeinfo`, "", content, "application/json", site);
}

/** What the node's run printed; a customer's number stands in it. */
export function storedLog(label: string, site: BlobSite): StoredBlob {
  const text =
    "Record Starts at UTC 06/01/2018 08:15:06:\n\n" +
    "Run the job:\nscored customer_id 1001\nRecord Ends at UTC 06/01/2018 08:15:09.\n";
  return storedBlob(`${label}:log`, ".txt", bytesContent(Buffer.from(text)), "text/plain", {
    ...site,
    storageAccount: LOG_ACCOUNT,
  });
}

function outputExtension(portName: string): keyof typeof OUTPUT_SIZES_BYTES {
  if (portName === "Trained model") return ".ilearner";
  return portName.startsWith("Cleaning trans") || portName === "Transformation function"
    ? ".itransform"
    : ".dataset";
}
