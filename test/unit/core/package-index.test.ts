import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import manifest from "../../../package.json" with { type: "json" };
import { escapeHtml, fileLink, page, STYLE, STYLE_HASH } from "../../../shared/core/html.ts";
import {
  informationSheetHtml,
  informationSheetTxt,
} from "../../../shared/core/information-sheet.ts";
import { OUT_OF_REACH } from "../../../shared/core/out-of-reach.ts";
import { packageIndexJsonSchema } from "../../../shared/core/package-index.ts";
import { VERSION } from "../../../shared/core/version.ts";

describe("the index's JSON Schema", () => {
  it("is published as the code has it", async () => {
    const published = await readFile("docs/package-index.schema.json", "utf8");

    expect(JSON.parse(published)).toEqual(JSON.parse(packageIndexJsonSchema()));
  });
});

describe("pages", () => {
  it("allow their own style and nothing else", () => {
    const digest = createHash("sha256").update(STYLE).digest("base64");

    expect(STYLE_HASH).toBe(`sha256-${digest}`);
    expect(page("t", "")).toContain(`default-src 'none'; style-src 'sha256-${digest}'`);
  });

  it("show what users wrote as text", () => {
    const text = `<script>alert("1")</script>&'\ud800`;

    expect(escapeHtml(text)).toBe(
      "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;\ufffd",
    );
    expect(fileLink("data/a b/#1?.csv", "<i>")).toBe(
      '<a href="data/a%20b/%231%3F.csv"><bdi>&lt;i&gt;</bdi></a>',
    );
  });
});

describe("the information sheet", () => {
  it("says of everything out of reach where it is had, as text and as a page", () => {
    const [text, html] = [informationSheetTxt(), informationSheetHtml()];

    for (const { title, reason } of OUT_OF_REACH) {
      expect(text).toContain(`* ${title}: ${reason}\n`);
      expect(html).toContain(escapeHtml(reason));
    }
  });
});

describe("the version", () => {
  it("is the package's", () => {
    expect(VERSION).toBe(manifest.version);
  });
});
