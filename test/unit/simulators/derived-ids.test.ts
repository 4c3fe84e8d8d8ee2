import { describe, expect, it } from "vitest";
import {
  credentialOf,
  familyIdOf,
  guidOf,
  resourceIdOf,
  runIdOf,
  workspaceIdOf,
} from "../../../local/simulators/seed/derived-ids.ts";

describe("derived ids", () => {
  it.each([
    ["G1", "cd36ea6dcc71ba169001bee71c995fe0"],
    ["G2", "2fc8d4036e6266e2ee1d32e8661aa80a"],
    ["G3", "b23adb308b2027c8775a74cbfa5077b7"],
    ["F1", "aac8fa11a24583e8d5665ffef9c54d04"],
    ["F2", "9cd494834e10448b6ae3804a8244f679"],
    ["F3", "e337b12c738e5da02ec8527a52553ca0"],
    ["S1", "b577bbf6c46640c822e2a6e3d255d437"],
    ["S2", "b564f5924128ad0c6aeb3ef27498694f"],
    ["S3", "a153d1d93f1489b2d4e477d55601e1dc"],
    ["S4", "585c5a4bd74898f0c8041ecca5618b1a"],
    ["S5", "9d6d5416981ab713666137ca32b10ee6"],
  ])("gives workspace %s the id %s", (key, id) => {
    expect(workspaceIdOf(key)).toBe(id);
  });

  it("puts workspace, family and batch into a resource id", () => {
    const id = resourceIdOf(workspaceIdOf("S1"), familyIdOf("S1", "ds-crm"), 3);

    expect(id).toBe(
      "b577bbf6c46640c822e2a6e3d255d437.5dd8768ae911722d700b99f7279aa1fc.v1-default-3",
    );
  });

  it("counts the time of a run down, so that newer runs sort first", () => {
    const earlier = runIdOf("w", "e", Date.parse("2018-04-01T08:00:00Z"));
    const later = runIdOf("w", "e", Date.parse("2018-04-20T08:15:02Z"));

    expect(later).toBe("w.s-id.e.9951-09-13t15.44.57");
    expect(earlier).toBe("w.s-id.e.9951-10-02t15.59.59");
  });

  it("derives GUIDs and 88-character credentials", () => {
    expect(guidOf("node:S1:ex-train:import")).toBe("89524449-9322-42ec-8681-4db95edb6f96");
    expect(credentialOf("token1:S1")).toBe(
      "cPiIrZVfjaEQlnsk0lqfA6B2nhqRqKyQ7WAebGNmCVcNl+oohp3HTw5CV6cvqp+HradDY47VGkaU+N/+KnJ3jA==",
    );
  });
});
