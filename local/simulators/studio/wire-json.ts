import { type Reply, textReply } from "../http/reply.ts";

const TICKS_OF_1970 = 621_355_968_000_000_000n;

/** A time as the Studio API writes it; `toWireJson` adds the escape of the slashes. */
export function wireDate(timeMs: number): string {
  return `/Date(${timeMs})/`;
}

/** .NET ticks (100 ns since the year 1). They exceed what a double holds, hence `bigint`. */
export function ticksOf(timeMs: number, extraTicks: number): bigint {
  return BigInt(timeMs) * 10_000n + TICKS_OF_1970 + BigInt(extraTicks);
}

/** A 200 reply in the service's own dialect of JSON. */
export function wireReply(value: unknown, options: WireOptions): Reply {
  return textReply(toWireJson(value, options), "application/json; charset=utf-8");
}

/** `extraProperties` adds one property that no client knows to every object. */
export type WireOptions = { readonly extraProperties: boolean };

/** JSON with dates as `"\/Date(ms)\/"` and `bigint` as plain numbers. */
export function toWireJson(value: unknown, { extraProperties }: WireOptions): string {
  const text = JSON.stringify(value, (_name, item: unknown) => {
    if (typeof item === "bigint") return `${TICKS_MARK}${item}`;
    const isObject = typeof item === "object" && item !== null && !Array.isArray(item);
    return extraProperties && isObject ? { ...item, UnknownProperty: "new" } : item;
  });
  return text
    .replace(/"\/Date\((-?\d+)\)\/"/g, String.raw`"\/Date($1)\/"`)
    .replace(new RegExp(`"${TICKS_MARK}(\\d+)"`, "g"), "$1");
}

/** A private-use character, which no seeded text holds. */
const TICKS_MARK = "\uE000";
