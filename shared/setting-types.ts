import { z } from "zod";

/** The types of settings, which are texts in the environment. */

/** Items with commas between them. */
export const list = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text) =>
      text
        .split(",")
        .map((item) => item.trim())
        .filter((item) => item !== ""),
    );
/** A whole number within bounds. */
export const count = (fallback: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback);
/** Whether something is on. */
export const flag = z.enum(["true", "false"]).default("false");

/** `name=https://host` pairs, as region names without blanks in lower case, and origins. */
export const regions = (fallback: string) =>
  list(fallback).transform((items, context) =>
    items.map((item) => {
      const [name = "", address = ""] = item.split("=").map((part) => part.trim());
      const url = URL.parse(address);
      const isOrigin = url?.protocol === "https:" && url.href === `${url.origin}/`;
      if (!/^[a-z0-9]+$/.test(name) || !isOrigin) {
        context.addIssue({ code: "custom", message: "must be name=https://host, with commas" });
      }
      return { name, url: url?.origin ?? "" };
    }),
  );

/** An IANA time zone. */
export const timeZone = (fallback: string) =>
  z.string().default(fallback).refine(isTimeZone, { error: "must be the name of a time zone" });

function isTimeZone(name: string): boolean {
  // The tables of time zones take longer to load than all other settings.
  if (name === "UTC") return true;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** Days as `YYYY-MM-DD`. */
export const holidays = (fallback: string) =>
  list(fallback).refine((days) => days.every((day) => z.iso.date().safeParse(day).success), {
    error: "must be days as YYYY-MM-DD, with commas",
  });
