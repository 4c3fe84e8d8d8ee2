import { ServiceBusClient, type ServiceBusClientOptions } from "@azure/service-bus";
import { HostError } from "../host-error.ts";
import type { Settings } from "../settings.ts";

/** How to reach a namespace. */
export type Connection =
  | { readonly kind: "connection-string"; readonly connectionString: string }
  | { readonly kind: "identity"; readonly fullyQualifiedNamespace: string };

/**
 * Reads the settings a trigger's `connection` names: exactly that setting holds a connection string;
 * else it is a prefix, and `<name>__fullyQualifiedNamespace` means the ambient Azure identity.
 * Source: Microsoft Learn, "Azure Service Bus trigger", section Connections.
 * Throws a HostError when neither is set.
 */
export function resolveConnection(name: string, settings: Settings): Connection {
  const connectionString = settings[name] ?? "";
  if (connectionString !== "") {
    return { kind: "connection-string", connectionString };
  }
  const fullyQualifiedNamespace = settings[`${name}__fullyQualifiedNamespace`] ?? "";
  if (fullyQualifiedNamespace !== "") {
    return { kind: "identity", fullyQualifiedNamespace };
  }
  throw new HostError(
    `A Service Bus connection is missing: set ${name} or ${name}__fullyQualifiedNamespace.`,
  );
}

/**
 * One attempt per operation and short times: the listener keeps trying by itself, and each failed
 * attempt should be heard of. The client's own defaults are three attempts of 60 s, 30 s apart.
 */
const clientOptions: ServiceBusClientOptions = {
  retryOptions: { maxRetries: 0, retryDelayInMs: 1000, timeoutInMs: 15_000 },
};

/** Makes a client; it connects when it is first used. Throws for a malformed connection string. */
export async function createClient(connection: Connection): Promise<ServiceBusClient> {
  switch (connection.kind) {
    case "connection-string":
      return new ServiceBusClient(connection.connectionString, clientOptions);
    case "identity": {
      const { DefaultAzureCredential } = await import("@azure/identity");
      const credential = new DefaultAzureCredential();
      return new ServiceBusClient(connection.fullyQualifiedNamespace, credential, clientOptions);
    }
  }
}
