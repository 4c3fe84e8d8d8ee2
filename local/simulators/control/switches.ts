import { z } from "zod";

/** Behaviours of the real services that the record leaves open, or that a test wants otherwise. */
export const switchesSchema = z.strictObject({
  /** How long a download link is good for. */
  linkTtlSeconds: z.int().min(0),
  /** Keys of workspaces whose storage account is gone: downloads and data-set deletes answer 500. */
  storageMissing: z.array(z.string()),
  /** `chunked` leaves the length out, `wrong` announces one byte more than is sent. */
  contentLength: z.enum(["sent", "chunked", "wrong"]),
  contentType: z.enum(["octet-stream", "by-data-type", "absent"]),
  /** `null` hides the endpoints of node outputs, `missing` lets their links lead to 404. */
  promotedOutput: z.enum(["available", "null", "missing"]),
  modelDownloadLocation: z.enum(["null", "endpoint"]),
  /** The service dropped notebooks on 13 Apr 2020; the seed shows it as it was before. */
  notebooks: z.enum(["present", "removed", "gone"]),
  emptyWebServices: z.enum(["200", "204"]),
  errorForm: z.enum(["2018", "2015", "lower-case", "empty"]),
  /** How long a deleted data set is still listed. */
  deleteLagSeconds: z.number().min(0),
  firstDeleteFails400: z.boolean(),
  deleteMissing: z.enum(["404", "204", "400"]),
  staleEtag: z.enum(["412", "ignored"]),
  guestExpiry: z.enum(["401", "403", "404"]),
  freeWorkspaceDelete: z.enum(["unsupported", "204"]),
  /** Calls that only inference knows: delete of models, transforms, projects, gateways, users. */
  unverifiedCalls: z.boolean(),
  /** Adds a property that nobody knows to every object of the Studio API. */
  extraProperties: z.boolean(),
  armPageSize: z.int().min(1),
  armErrorForm: z.enum(["wrapped", "flat"]),
  armIdForm: z.enum(["hex", "dashed"]),
  /** How a workspace delete is answered; a 202 takes effect after `armPolls` polls or one second. */
  armWorkspaceDelete: z.enum(["200", "204", "202-async", "202-location", "202-bare"]),
  armPolls: z.int().min(1),
});

/** Some of the switches, as `POST /control/switches` takes them. */
export const switchChangeSchema = switchesSchema.partial();

/** The positions of all switches. */
export type Switches = z.output<typeof switchesSchema>;

const DEFAULTS: Switches = {
  linkTtlSeconds: 24 * 60 * 60,
  storageMissing: ["S3"],
  contentLength: "sent",
  contentType: "octet-stream",
  promotedOutput: "available",
  modelDownloadLocation: "null",
  notebooks: "present",
  emptyWebServices: "200",
  errorForm: "2018",
  deleteLagSeconds: 0,
  firstDeleteFails400: false,
  deleteMissing: "404",
  staleEtag: "412",
  guestExpiry: "401",
  freeWorkspaceDelete: "unsupported",
  unverifiedCalls: false,
  extraProperties: false,
  armPageSize: 100,
  armErrorForm: "wrapped",
  armIdForm: "hex",
  armWorkspaceDelete: "200",
  armPolls: 2,
};

/** Holds the switches; `change` keeps what it does not name, and `reset` restores the defaults. */
export class SwitchBoard {
  #current: Switches = DEFAULTS;

  get current(): Switches {
    return this.#current;
  }

  /** Throws a `ZodError` for a position that a switch does not have. */
  change(patch: z.output<typeof switchChangeSchema>): void {
    this.#current = switchesSchema.parse({ ...this.#current, ...patch });
  }

  reset(): void {
    this.#current = DEFAULTS;
  }
}
