import { describe, expect, it } from "vitest";
import { cliSetup } from "../../support/cli/cli-setup.ts";
import { jsonLines } from "../../support/cli/json-lines.ts";

/** An answer of `POST /api/upkeep/{timer}`. */
function run(timer: string, looked: number, failed: number, hasMore: boolean) {
  return { status: 200, body: { timer, looked, failed, hasMore } };
}

describe("a timer by hand", () => {
  it.each([
    ["purge", "purge-guest-exports"],
    ["reconcile", "reconcile"],
    ["deadlines", "watch-deadlines"],
  ])("studio-dsr %s runs %s until there is nothing more", async (command, timer) => {
    await using setup = await cliSetup();
    setup.api.requests = [run(timer, 200, 0, true), run(timer, 17, 0, false)];

    const { exitCode, stdout } = await setup.run(command);

    expect([exitCode, stdout]).toEqual([0, `${timer}: 217 looked at, 0 failed\n`]);
    const asked = setup.api.calls.filter(({ path }) => path !== "/token");
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `POST /api/upkeep/${timer}`,
      `POST /api/upkeep/${timer}`,
    ]);
  });

  it("fails when something could not be looked at, and does not go on for ever", async () => {
    await using setup = await cliSetup();
    const timer = "purge-guest-exports";
    setup.api.requests = [run(timer, 3, 1, true), run(timer, 1, 1, true)];

    const { exitCode, stdout } = await setup.run("purge", "--json");

    expect(exitCode).toBe(1);
    const message = "2 could not be looked at; the next run looks at them again.";
    expect(jsonLines(stdout)).toEqual([{ timer, looked: 4, failed: 2 }, { error: { message } }]);
  });
});
