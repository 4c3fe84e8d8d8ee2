import { type Command, InvalidArgumentError } from "commander";
import type { CommandContext } from "../command-context.ts";
import { setControls, showControls, showHealth, showRegister } from "../commands/service.ts";
import { runTimer } from "../commands/upkeep.ts";

/** The commands of those who operate the service. */
export function addServiceCommands(program: Command, context: () => Promise<CommandContext>): void {
  const controls = program.command("controls").description("what is set for all deletions at once");
  controls
    .command("show", { isDefault: true })
    .description("whether they are stopped, and capped")
    .action(async () => showControls(await context()));
  controls
    .command("stop")
    .description("stop all deletions (Operator)")
    .action(async () => setControls(await context(), { stopped: true }));
  controls
    .command("go-on")
    .description("let deletions go on (Operator)")
    .action(async () => setControls(await context(), { stopped: false }));
  controls
    .command("cap")
    .argument("<calls>", "a number, or none", parseCap)
    .description("let so many destructive calls begin in an hour (Operator)")
    .action(async (hourlyCap: number | null) => setControls(await context(), { hourlyCap }));
  program
    .command("register")
    .description("how many requests were answered, how, and how fast (Auditor)")
    .option("--from <day>", "of requests received on this day or later, such as 2026-01-01")
    .option("--to <day>", "of requests received on this day or earlier")
    .action(async (period: { from?: string; to?: string }) =>
      showRegister(await context(), period),
    );
  program
    .command("health")
    .description("whether the service answers and reaches its store")
    .action(async () => showHealth(await context()));
  program
    .command("purge")
    .description("remove packages and personal data whose time is over, now (Operator)")
    .action(async () => runTimer(await context(), "purge-guest-exports"));
  program
    .command("reconcile")
    .alias("repair")
    .description("pick up what a crash left behind, now (Operator)")
    .action(async () => runTimer(await context(), "reconcile"));
  program
    .command("deadlines")
    .description("warn of statutory dates that are near, now (Operator)")
    .action(async () => runTimer(await context(), "watch-deadlines"));
}

function parseCap(text: string): number | null {
  if (text === "none") return null;
  if (/^\d{1,7}$/.test(text) && Number(text) <= 1_000_000) return Number(text);
  throw new InvalidArgumentError("It is a number up to 1000000, or none.");
}
