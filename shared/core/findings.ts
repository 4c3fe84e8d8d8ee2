import type { z } from "zod";
import type { Finding } from "../errors.ts";

/** What is wrong with a body, in words of ours. */

/**
 * How far a form is from what was sent, per issue: the lightest form is the one that was meant. A member of
 * another type, which a missing one is too, separates forms most, since each has members of its own; then a
 * member the form does not know. A value that is not right weighs least: whoever has the form's members
 * meant that form and only slipped.
 */
const WRONG_TYPE_WEIGHT = 5;
const UNKNOWN_MEMBER_WEIGHT = 3;
const WRONG_VALUE_WEIGHT = 1;

/**
 * Every finding of a body that does not have its shape, each at a JSON pointer (RFC 6901); of a union, those
 * of the form that comes closest. No finding repeats a value or an unknown member's name: an error is
 * logged and shown where personal data has no place.
 */
export function findingsOf({ issues }: z.ZodError): Finding[] {
  return describe(issues, []);
}

function describe(issues: readonly z.core.$ZodIssue[], base: readonly PropertyKey[]): Finding[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path];
    if (issue.code === "invalid_union") return describe(closest(issue.errors), path);
    const detail =
      issue.code === "unrecognized_keys" ? "has members that are not known here" : issue.message;
    return [{ pointer: pointerOf(path), detail }];
  });
}

function pointerOf(path: readonly PropertyKey[]): string {
  return path
    .map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("");
}

function closest(forms: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] {
  return [...forms].sort((a, b) => weightOf(a) - weightOf(b))[0] ?? [];
}

function weightOf(issues: readonly z.core.$ZodIssue[]): number {
  return issues.reduce((sum, issue) => sum + issueWeight(issue), 0);
}

function issueWeight(issue: z.core.$ZodIssue): number {
  if (issue.code === "invalid_union") return weightOf(closest(issue.errors));
  if (issue.code === "unrecognized_keys") return UNKNOWN_MEMBER_WEIGHT * issue.keys.length;
  return issue.code === "invalid_type" ? WRONG_TYPE_WEIGHT : WRONG_VALUE_WEIGHT;
}
