import type { ControlsBody, ControlsView, Register } from "../../shared/core/wire.ts";
import type { CommandContext } from "../command-context.ts";

/** `studio-dsr controls`: whether all deletions are stopped, and how many calls may begin in an hour. */
export async function showControls({ client, print }: CommandContext): Promise<void> {
  const controls = await client.getControls();
  print(controlsText(controls), controls);
}

/** `studio-dsr controls stop | go-on | cap <calls>`: changes one of the two and leaves the other. */
export async function setControls(
  { client, print }: CommandContext,
  change: Partial<ControlsBody>,
): Promise<void> {
  const { stopped, hourlyCap } = await client.getControls();
  const controls = await client.setControls({ stopped, hourlyCap, ...change });
  print(controlsText(controls), controls);
}

/** `studio-dsr register`: how requests were answered, a line for each law, kind and outcome. */
export async function showRegister(
  { client, print }: CommandContext,
  period: { readonly from?: string; readonly to?: string },
): Promise<void> {
  const register = await client.getRegister(period);
  const lines = register.groups.map(groupLine);
  print(lines.length === 0 ? "There were no requests." : lines.join("\n"), register);
}

/** `studio-dsr health`: whether the service answers and reaches its store. */
export async function showHealth({ client, print }: CommandContext): Promise<void> {
  await client.health();
  print("The service is up and reaches its store.", { status: "ok" });
}

function controlsText({ stopped, hourlyCap, updatedAt }: ControlsView): string {
  const cap = hourlyCap === null ? "without a cap" : `at most ${hourlyCap} calls an hour`;
  const since = updatedAt === null ? "" : ` (set ${updatedAt})`;
  return `${stopped ? "All deletions are stopped" : "Deletions run"}, ${cap}${since}`;
}

function groupLine(group: Register["groups"][number]): string {
  const { law, kind, outcome, count, late, medianDays, meanDays } = group;
  const took = medianDays === null ? "" : `, median ${medianDays} days, mean ${meanDays} days`;
  return `${law}  ${kind}  ${outcome}: ${count}, ${late} late${took}`;
}
