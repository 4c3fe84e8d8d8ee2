import { describe, expect, it } from "vitest";
import manifest from "../../../package.json" with { type: "json" };
import { BAGIT_TXT, bagInfoTxt, manifestLine } from "../../../shared/core/bag.ts";

describe("the tag files of a bag", () => {
  it("declare BagIt 1.0 in UTF-8", () => {
    expect(BAGIT_TXT).toBe("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
  });

  it("tell what the bag holds, one element a line", () => {
    const text = bagInfoTxt({
      organization: { name: "Contoso", contactName: null, contactEmail: "privacy@contoso.example" },
      groupId: null,
      requestId: "0123456789abcdef0123456789abcdef",
      externalId: "TICKET\r\nBag-Size: 0",
      baggedAt: "2026-03-02T09:00:00.000Z",
      payloadBytes: 25_500_000,
      payloadFiles: 12,
      description: "User data",
    });

    expect(text.split("\n")).toEqual([
      "Source-Organization: Contoso",
      "Contact-Email: privacy@contoso.example",
      "External-Description: User data",
      "External-Identifier: 0123456789abcdef0123456789abcdef",
      "Internal-Sender-Identifier: TICKET Bag-Size: 0",
      "Bagging-Date: 2026-03-02",
      "Bag-Size: 25.5 MB",
      "Payload-Oxum: 25500000.12",
      `Bag-Software-Agent: studio-dsr ${manifest.version}`,
      "",
    ]);
  });

  it("encode line breaks and percent signs in paths", () => {
    expect(manifestLine("ab", "data/100%\r\n.csv")).toBe("ab  data/100%25%0D%0A.csv\n");
  });
});
