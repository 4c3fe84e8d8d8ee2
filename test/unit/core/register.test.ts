import { describe, expect, it } from "vitest";
import { RegisterCounter, type RegisterLine, registerCsv } from "../../../shared/core/register.ts";

const NOW = "2026-03-31T00:00:00.000Z";

/** A GDPR export received on 1 March and due on 1 April, which ended so on a day of March, or is open. */
function line(
  state: RegisterLine["state"],
  finished: string | null,
  more: Partial<RegisterLine> = {},
): RegisterLine {
  return {
    kind: "export",
    law: "gdpr",
    state,
    submittedAt: "2026-03-01T00:00:00.000Z",
    finishedAt: finished === null ? null : `2026-${finished}:00:00.000Z`,
    dueAt: "2026-04-01T23:59:59.999Z",
    ...more,
  };
}

function registerOf(...lines: RegisterLine[]) {
  const counter = new RegisterCounter();
  for (const each of lines) counter.add(each, NOW);
  return counter.groups();
}

describe("the register", () => {
  it("counts by law, kind and outcome, with median and mean days", () => {
    const groups = registerOf(
      line("completed", "03-02T00"),
      line("completed", "03-03T12"),
      line("completed", "03-10T00"),
      line("failed", "03-01T06"),
      line("completed", "03-05T00", { kind: "delete" }),
      line("completed", "03-21T00", { law: "ccpa" }),
    );

    const of = (kind: string, law: string, outcome: string) => ({ law, kind, outcome });
    expect(groups).toEqual([
      { ...of("export", "ccpa", "completed"), count: 1, late: 0, medianDays: 20, meanDays: 20 },
      { ...of("delete", "gdpr", "completed"), count: 1, late: 0, medianDays: 4, meanDays: 4 },
      { ...of("export", "gdpr", "completed"), count: 3, late: 0, medianDays: 2.5, meanDays: 4.17 },
      { ...of("export", "gdpr", "failed"), count: 1, late: 0, medianDays: 0.25, meanDays: 0.25 },
    ]);
  });

  it("takes the mean of the two in the middle as the median of an even number", () => {
    const days = ["03-02T00", "03-03T00", "03-05T00", "03-21T00"];

    const [group] = registerOf(...days.map((day) => line("completed", day)));

    expect(group).toMatchObject({ medianDays: 3, meanDays: 6.75 });
  });

  it("counts what is open as such, and what is past its date as late, ended or not", () => {
    const past = { dueAt: "2026-03-20T23:59:59.999Z" };

    const groups = registerOf(
      line("running", null),
      line("awaiting-approval", null, past),
      line("completed", "03-20T23", past),
      line("completed", "03-21T00", past),
    );

    expect(groups).toMatchObject([
      { outcome: "completed", count: 2, late: 1 },
      { outcome: "open", count: 2, late: 1, medianDays: null, meanDays: null },
    ]);
  });

  it("is a CSV with one line for each group, empty where there are no days", () => {
    const groups = registerOf(line("completed", "03-03T12"), line("running", null));

    expect(registerCsv({ from: null, to: null, groups }).split(/\r?\n/)).toEqual([
      '"law","kind","outcome","count","late","median days","mean days"',
      '"gdpr","export","completed","1","0","2.5","2.5"',
      '"gdpr","export","open","1","0","",""',
      "",
    ]);
  });
});
