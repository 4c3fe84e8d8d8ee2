import { setTimeout as delay } from "node:timers/promises";
import { containerName } from "../../shared/adapters/blob-names.ts";
import { eachLimited } from "../../shared/pipeline/each-limited.ts";
import { PAYLOAD, ZIP_BLOB } from "../../shared/pipeline/layout.ts";
import type { ExportStack } from "./export-stack.ts";
import type { Cost, Side } from "./take-turns.ts";

/** What has to be in the store after a copy: the SHA-256 of each data set, and so many files in all. */
export type Expected = { readonly digests: readonly string[]; readonly files: number };

/** A container that a peer copies to; its address has the signature in it. */
export type Container = { readonly name: string; readonly url: string };

const POLL_MS = 250;
const DIGESTS_AT_A_TIME = 8;

/** Takes the digests at the source. A data set is two files, its bytes and its document. */
export async function expectedOf(stack: ExportStack): Promise<Expected> {
  const ids = await stack.sourceIds();
  const digests: string[] = [];
  await eachLimited(ids, DIGESTS_AT_A_TIME, async (id) => {
    digests.push(await stack.sourceDigest(id));
  });
  return { digests, files: ids.length * 2 };
}

/**
 * The app, from the submission to the sealed package: inventory, digests, manifests, ledger and all. What it does later,
 * the zip, is waited for but not counted, unless nothing comes after it. Each run ends with a look at the bytes that
 * are stored.
 */
export function appSide(
  stack: ExportStack,
  expected: Expected,
  { hasZip }: { readonly hasZip: boolean } = { hasZip: true },
): Side {
  return {
    name: "studio-dsr",
    run: async () => {
      stack.forgetPeak();
      const before = stack.usage().cpuSeconds;
      const id = await stack.submit();
      const { seconds } = await stack.untilEnded(id);
      const { cpuSeconds, peakRssMB } = stack.usage();
      const container = containerName(id);
      if (hasZip) await untilThere(stack, container, ZIP_BLOB);
      await expectStored(stack, container, PAYLOAD, expected);
      return { seconds, cpuSeconds: cpuSeconds - before, peakRssMB };
    },
  };
}

async function untilThere({ account }: ExportStack, container: string, blob: string) {
  while (!(await account.has(container, blob))) await delay(POLL_MS);
}

/** Another tool that copies the source's open folder into a container of its own. */
export function peerSide(
  name: string,
  stack: ExportStack,
  expected: Expected,
  copy: (container: Container) => Promise<Cost>,
): Side {
  let runs = 0;
  return {
    name,
    run: async () => {
      runs += 1;
      const container = `peer-${name.toLowerCase().replace(/[^a-z]/g, "")}-${runs}`;
      const url = await stack.account.makeContainer(container);
      const cost = await copy({ name: container, url });
      await expectStored(stack, container, "", expected);
      return cost;
    },
  };
}

/** Reads what is stored, then removes it. Throws when it is not what was expected. */
export async function expectStored(
  { account }: ExportStack,
  container: string,
  prefix: string,
  { digests, files }: Expected,
): Promise<void> {
  const stored = await account.digests(container, prefix);
  const found = new Set(stored);
  const missing = digests.filter((digest) => !found.has(digest)).length;
  if (missing > 0 || stored.length < files) {
    throw new Error(
      `${container}: ${stored.length} of ${files} files, ${missing} without their bytes`,
    );
  }
  await account.remove(container);
}
