import { TableClient, TableServiceClient } from "@azure/data-tables";
import { ServiceBusClient, type ServiceBusReceivedMessage } from "@azure/service-bus";
import { BlobServiceClient } from "@azure/storage-blob";
import { storageCredential } from "../stack/storage-token.ts";
import type { LocalStack } from "./local-stack.ts";

/** Everything that the stack has stored, as text, by where it is. */

/** A place and what is there. */
export type Place = readonly [where: string, text: string];

/** The rows of all tables; `request` is the key of those that may hold personal data. */
export async function storedRows({ stack }: LocalStack): Promise<readonly Place[]> {
  const url = stack.urls.azuriteTable;
  const credential = storageCredential();
  const rows: Place[] = [];
  for await (const { name = "" } of new TableServiceClient(url, credential).listTables()) {
    for await (const row of new TableClient(url, name, credential).listEntities()) {
      rows.push([`${name} ${row.rowKey}`, JSON.stringify(row)]);
    }
  }
  return rows;
}

/** The names of all containers and blobs, with what is attached to them; and the texts of receipts. */
export async function storedNames({ stack }: LocalStack): Promise<readonly Place[]> {
  const service = new BlobServiceClient(stack.urls.azuriteBlob, storageCredential());
  const names: Place[] = [];
  for await (const { name } of service.listContainers({ includeMetadata: true })) {
    const container = service.getContainerClient(name);
    for await (const { name: blob, metadata } of container.listBlobsFlat({
      includeMetadata: true,
    })) {
      names.push([`blob of ${name}`, JSON.stringify([name, blob, metadata])]);
      if (name !== "receipts") continue;
      names.push([
        `receipt ${blob}`,
        (await container.getBlobClient(blob).downloadToBuffer()).toString("utf8"),
      ]);
    }
  }
  return names;
}

/** A client of the stack's broker. */
export function brokerClient({ stack }: LocalStack): ServiceBusClient & AsyncDisposable {
  const client = new ServiceBusClient(stack.settings["ServiceBus"] ?? "");
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}

/** All messages of a queue, of its dead letters, or of a subscription, without taking them. */
export async function messagesOf(
  client: ServiceBusClient,
  queue: string,
  from: { readonly subscription?: string; readonly isDead?: boolean } = {},
): Promise<readonly ServiceBusReceivedMessage[]> {
  const options = from.isDead === true ? ({ subQueueType: "deadLetter" } as const) : {};
  const receiver =
    from.subscription === undefined
      ? client.createReceiver(queue, options)
      : client.createReceiver(queue, from.subscription, options);
  const messages: ServiceBusReceivedMessage[] = [];
  for (let more = true; more; ) {
    const peeked = await receiver.peekMessages(100);
    messages.push(...peeked);
    more = peeked.length > 0;
  }
  await receiver.close();
  return messages;
}

/** The places where one of these is, in any case, plain or as a URL, a form or Base64 would write it. */
export function placesWith(needles: readonly string[], places: readonly Place[]): string[] {
  const forms = needles.flatMap((needle) => [
    needle.toLowerCase(),
    encodeURIComponent(needle).toLowerCase(),
    Buffer.from(needle).toString("base64").replace(/=+$/, "").toLowerCase(),
  ]);
  return places
    .filter(([, text]) => forms.some((form) => text.toLowerCase().includes(form)))
    .map(([where]) => where);
}
