import { describe, expect, it } from "vitest";
import { shownPath as shownPathOfCli } from "../../../cli/shown-path.ts";
import { shownPath as shownPathOfStack } from "../../../local/stack/shown-path.ts";

describe.each([
  ["the stack", shownPathOfStack],
  ["the command line", shownPathOfCli],
])("a path that %s shows", (_who, shownPath) => {
  it.each([
    ["/work/.local/exports/0f", ".local/exports/0f"],
    ["/work", "."],
    ["/work/..name", "..name"],
    ["/workshop/a", "/workshop/a"],
    ["/other", "/other"],
    ["/", "/"],
  ])("below the current folder is relative: %s is %s", (path, expected) => {
    const shown = shownPath(path, "/work");

    expect(shown).toBe(expected);
  });
});
