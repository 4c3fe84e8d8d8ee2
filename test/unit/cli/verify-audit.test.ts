import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { verifyAudit } from "../../../cli/verify-audit.ts";
import { type AuditView, auditViewSchema } from "../../../shared/core/wire.ts";
import { requestOf, submitted } from "../../support/intakes.ts";
import { aDataset } from "../../support/memory/source.ts";
import { memoryStage, runToEnd } from "../../support/stage.ts";

/** The trail of an export, as the API gives it. */
async function aTrail(): Promise<AuditView> {
  const stage = memoryStage([aDataset("a.csv", "1")]);
  const requestId = await submitted(stage);
  await runToEnd(stage);
  const entries = await Array.fromAsync(stage.ledger.history(requestId));
  return { requestId, head: (await requestOf(stage, requestId)).auditHead, entries };
}

const trail = auditViewSchema.parse(await aTrail());

/** The text of a trail with one byte changed; null when it is no trail any more, or the same one. */
function mutated(at: number, byte: number): AuditView | null {
  const bytes = Buffer.from(JSON.stringify(trail.entries));
  bytes[at % bytes.length] = byte;
  try {
    const changed = auditViewSchema.parse({ ...trail, entries: JSON.parse(bytes.toString()) });
    return JSON.stringify(changed) === JSON.stringify(trail) ? null : changed;
  } catch {
    return null;
  }
}

describe("an audit trail", () => {
  it("is whole as it was recorded, and the one that its receipt names", () => {
    const entries = trail.entries.length;

    expect(entries).toBeGreaterThan(4);
    expect(() => verifyAudit(trail, { entries, head: trail.head })).not.toThrow();
  });

  it("is broken by any changed byte of any entry, and names an entry", () => {
    let changed = 0;
    fc.assert(
      fc.property(fc.nat(100_000), fc.integer({ min: 32, max: 126 }), (at, byte) => {
        const other = mutated(at, byte);
        if (other === null) return;
        changed += 1;
        expect(() => verifyAudit(other, null)).toThrow(/entry \d+ is broken/);
      }),
      { numRuns: 10_000 },
    );
    expect(changed).toBeGreaterThan(1_000);
  });

  it("is broken from the first entry that is missing, doubled or in another place", () => {
    fc.assert(
      fc.property(
        fc.nat(trail.entries.length - 1),
        fc.constantFrom("drop", "double", "move"),
        (at, how) => {
          const entries = [...trail.entries];
          const [taken] = how === "double" ? entries.slice(at, at + 1) : entries.splice(at, 1);
          if (taken !== undefined && how !== "drop")
            entries.splice(how === "double" ? at : 0, 0, taken);
          fc.pre(JSON.stringify(entries) !== JSON.stringify(trail.entries));
          expect(() => verifyAudit({ ...trail, entries }, null)).toThrow(/entry \d+ is broken/);
        },
      ),
    );
  });

  it("is not the one that a receipt names when that has another head", () => {
    expect(() => verifyAudit(trail, { entries: 2, head: "0".repeat(64) })).toThrow(
      /entry 2 is broken, the receipt names another hash/,
    );
  });
});
