import type { Asset } from "../../../shared/core/asset.ts";
import type { Scope } from "../../../shared/core/scope.ts";
import type { SubmitBody } from "../../../shared/core/wire.ts";
import type { Random } from "../../support/random.ts";
import { type Estate, type Site, thingOf } from "./estate.ts";

/** What is asked of the app in one simulation. */

/** One submission, and what people do about it later. */
export type Wish = {
  readonly key: string;
  readonly asker: string;
  readonly source: "http" | "ticketing";
  readonly site: Site;
  readonly body: SubmitBody;
  readonly isWhole: boolean;
  readonly isSentTwice: boolean;
  /** Whether its key comes again with something else. */
  readonly isChanged: boolean;
  readonly isHeld: boolean;
  /** Whether somebody wants to know first whose data it is. */
  readonly isDoubted: boolean;
  readonly isCancelled: boolean;
  /** Whether it is cancelled as soon as it is there, beside whatever becomes of it at that moment. */
  readonly isRegretted: boolean;
  readonly isApproved: boolean;
  /** Whether somebody cancels it while it is being approved. */
  readonly isDisputed: boolean;
  readonly triesItself: boolean;
};

export const APPROVERS = [
  "22222222-2222-4222-8222-222222222222",
  "33333333-3333-4333-8333-333333333333",
] as const;

/** Three to six wishes, about the three workspaces. */
export function wishesOf(random: Random, { sites }: Estate): readonly Wish[] {
  const chance = (percent: number) => random.below(100) < percent;
  return Array.from({ length: 3 + random.below(4) }, (_, number): Wish => {
    const site = sites[random.below(sites.length)];
    if (site === undefined) throw new Error("There are three workspaces");
    const kind = chance(45) ? "export" : "delete";
    const isWhole = chance(60);
    const key = `ticket-${number}`;
    const exportFirst = kind === "delete" && chance(40);
    return {
      key,
      asker: `11111111-1111-4111-8111-11111111111${number}`,
      source: chance(30) ? "ticketing" : "http",
      site,
      body: { kind, exportFirst, externalId: key, scope: scopeOf(random, site, isWhole) },
      isWhole,
      isSentTwice: chance(50),
      isChanged: chance(15),
      isDoubted: kind === "delete" && chance(20),
      isHeld: kind === "delete" && chance(50),
      isCancelled: chance(10),
      isRegretted: chance(15),
      isApproved: chance(92),
      isDisputed: kind === "delete" && chance(25),
      triesItself: chance(20),
    };
  });
}

function scopeOf(random: Random, { source }: Site, isWhole: boolean): Scope {
  const workspace = source.workspace.workspaceId;
  if (isWhole) return { workspaces: [workspace] };
  const some = source.assets.filter(() => random.below(2) === 0).slice(0, 3);
  const named = some.length > 0 ? some : source.assets.slice(0, 1);
  return {
    assets: named.map(({ asset: { kind, sourceId } }) => ({
      kind: kind as Exclude<Asset["kind"], "workspace">,
      id: sourceId,
      workspace,
    })),
  };
}

/** What the package of a wish has to hold or to name; null when others may delete it before it is planned. */
export function thingsOf(wish: Wish, wishes: readonly Wish[]): readonly string[] | null {
  const { body, site } = wish;
  const { workspaceId } = site.source.workspace;
  if ("assets" in body.scope) {
    return body.scope.assets.map(({ kind, id }) => thingOf(workspaceId, kind, id));
  }
  const others = wishes.filter((other) => other !== wish && other.site === site);
  if (others.some((other) => other.body.kind === "delete")) return null;
  return site.source.assets.map(({ asset }) => thingOf(workspaceId, asset.kind, asset.sourceId));
}

/** The states in which it may end, other wishes considered: nothing may be given up for a fault. */
export function mayEndAs(wish: Wish, wishes: readonly Wish[]): readonly string[] {
  const { body, site, isApproved, isWhole } = wish;
  const isCancelled = wish.isCancelled || wish.isDisputed || wish.isRegretted;
  const others = wishes.filter((other) => other !== wish && other.site === site);
  const deletions = others.filter((other) => other.body.kind === "delete");
  const isGuest = site.source.workspace.accountType === "guest";
  return [
    "completed",
    ...(body.kind === "delete" || deletions.length > 0 ? ["completed-with-exceptions"] : []),
    ...(isCancelled || (body.kind === "delete" && !isApproved) ? ["cancelled"] : []),
    ...(isGuest && isWhole && body.kind === "delete" ? ["refused"] : []),
    // Its workspace may be gone before its turn comes.
    ...(deletions.some((other) => other.isWhole) ? ["failed"] : []),
  ];
}
