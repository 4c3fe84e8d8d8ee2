import { z } from "zod";
import { liesSchema } from "./lies.ts";
import { throttleSchema } from "./throttle.ts";

/** Behaviours of the real services that the record leaves open, or that a test wants otherwise. */
export const switchesSchema = z.strictObject({
  /** `relay` streams the bytes, `redirect` answers 302 to the blob, `direct` links name the blob. */
  linkMode: z.enum(["relay", "redirect", "direct"]),
  /** How long a download link is good for. */
  linkTtlSeconds: z.int().min(0),
  /** Refuses a download link that comes with a token, which has no business at a storage host. */
  strictLinks: z.boolean(),
  /** Keys of workspaces whose storage account is gone: downloads and data-set deletes answer 500. */
  storageMissing: z.array(z.string()),
  /** The same because the account's keys were rotated; `resyncStorageKeys` takes a workspace out. */
  storageRotated: z.array(z.string()),
  /** `chunked` leaves the length out, `wrong` announces one byte more than is sent. */
  contentLength: z.enum(["sent", "chunked", "wrong"]),
  contentType: z.enum(["octet-stream", "by-data-type", "absent"]),
  /** `null` hides the endpoints of node outputs, `missing` lets their links lead to 404. */
  promotedOutput: z.enum(["available", "null", "missing"]),
  modelDownloadLocation: z.enum(["null", "endpoint"]),
  /** The service dropped notebooks on 13 Apr 2020; the seed shows it as it was before. */
  notebooks: z.enum(["present", "removed", "gone", "by-clock"]),
  /** Whether the list of experiments has archived ones although the query does not ask for them. */
  includeArchived: z.boolean(),
  emptyWebServices: z.enum(["200", "204"]),
  /** How long a new endpoint answers 401. */
  publishLagSeconds: z.number().min(0),
  /** Whether a refresh of an endpoint that changes nothing answers 304. */
  quirk304: z.boolean(),
  /** How often the schema of a new data set is `Pending` before it is final. */
  polls: z.int().min(0),
  /** Replaces the final state of that schema by one that no client knows. */
  unknownFinalStatus: z.string().nullable(),
  errorForm: z.enum(["2018", "2015", "lower-case", "empty"]),
  /** How long a deleted data set, model or transform is still listed. */
  deleteLagSeconds: z.number().min(0),
  firstDeleteFails400: z.boolean(),
  deleteMissing: z.enum(["404", "204", "400"]),
  /** Deletes that claim success. */
  lies: liesSchema.nullable(),
  staleEtag: z.enum(["412", "ignored"]),
  guestExpiry: z.enum(["401", "403", "404"]),
  freeWorkspaceDelete: z.enum(["unsupported", "204"]),
  /** Calls that only inference knows: delete of models, transforms, projects, gateways, users. */
  unverifiedCalls: z.boolean(),
  /** Adds a property that nobody knows to every object of the Studio API. */
  extraProperties: z.boolean(),
  /** Hides some sixty credentials in the metadata of each workspace. */
  plantSecrets: z.boolean(),
  armPageSize: z.int().min(1),
  armErrorForm: z.enum(["wrapped", "flat"]),
  armIdForm: z.enum(["hex", "dashed"]),
  /** How a workspace delete is answered; a 202 takes effect after `armPolls` polls or one second. */
  armWorkspaceDelete: z.enum(["200", "204", "202-async", "202-location", "202-bare"]),
  /** How the delete of a new-style web service is answered, also when there is none. */
  armServiceDelete: z.enum(["202", "204"]),
  armPolls: z.int().min(1),
  /** How a long-running operation ends. It has an effect only when it is `Succeeded`. */
  armFinalStatus: z.string().min(1),
  armThrottle: throttleSchema.nullable(),
});

/** Some of the switches, as `POST /control/switches` and the option `--switches` take them. */
export const switchChangeSchema = switchesSchema.partial();

/** The positions of all switches. */
export type Switches = z.output<typeof switchesSchema>;

/** Some positions; the others stay. */
export type SwitchChange = z.input<typeof switchChangeSchema>;

const DEFAULTS: Switches = {
  linkMode: "relay",
  linkTtlSeconds: 24 * 60 * 60,
  strictLinks: true,
  storageMissing: ["S3"],
  storageRotated: [],
  contentLength: "sent",
  contentType: "octet-stream",
  promotedOutput: "available",
  modelDownloadLocation: "null",
  notebooks: "present",
  includeArchived: false,
  emptyWebServices: "200",
  publishLagSeconds: 0,
  quirk304: true,
  polls: 0,
  unknownFinalStatus: null,
  errorForm: "2018",
  deleteLagSeconds: 0,
  firstDeleteFails400: false,
  deleteMissing: "404",
  lies: null,
  staleEtag: "412",
  guestExpiry: "401",
  freeWorkspaceDelete: "unsupported",
  unverifiedCalls: false,
  extraProperties: false,
  plantSecrets: false,
  armPageSize: 100,
  armErrorForm: "wrapped",
  armIdForm: "hex",
  armWorkspaceDelete: "200",
  armServiceDelete: "202",
  armPolls: 2,
  armFinalStatus: "Succeeded",
  armThrottle: null,
};

/**
 * Holds the switches: `change` keeps what it does not name, and `reset` goes back to the positions at the
 * start. Both the constructor and `change` throw a `ZodError` for a position that a switch does not have.
 */
export class SwitchBoard {
  readonly #start: Switches;
  #current: Switches;

  constructor(start: SwitchChange = {}) {
    this.#start = switchesSchema.parse({ ...DEFAULTS, ...start });
    this.#current = this.#start;
  }

  get current(): Switches {
    return this.#current;
  }

  change(patch: SwitchChange): void {
    this.#current = switchesSchema.parse({ ...this.#current, ...patch });
  }

  reset(): void {
    this.#current = this.#start;
  }
}
