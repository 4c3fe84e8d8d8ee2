import { describe, expect, it } from "vitest";
import { type StudioPlace, studioUrlAt } from "../../../shared/core/studio-region.ts";

const REGIONS = [
  { name: "southcentralus", studioUrl: "https://studioapi.azureml.example" },
  { name: "westeurope", studioUrl: "https://europewest.studioapi.azureml.example" },
];

describe("the place of a workspace", () => {
  it.each<[StudioPlace, string]>([
    [{ region: "South Central US" }, "https://studioapi.azureml.example"],
    [{ region: " southcentralus " }, "https://studioapi.azureml.example"],
    [{ region: "WEST EUROPE" }, "https://europewest.studioapi.azureml.example"],
    [{ studioUrl: "https://studioapi.azureml.example" }, "https://studioapi.azureml.example"],
    [{ studioUrl: "https://studio.azureml.example/Home/X" }, "https://studioapi.azureml.example"],
    [
      { studioUrl: "https://europewest.studio.azureml.example/" },
      "https://europewest.studioapi.azureml.example",
    ],
  ])("%o is that region's Studio API", (place, origin) => {
    expect(studioUrlAt(REGIONS, place)).toBe(origin);
  });

  it.each<[StudioPlace]>([
    [{ region: "" }],
    [{ region: "mars" }],
    [{ region: "https://studioapi.azureml.example" }],
    [{}],
    [{ studioUrl: "studioapi.azureml.example" }],
    [{ studioUrl: "http://studioapi.azureml.example" }],
    [{ studioUrl: "https://studioapi.azureml.example:8443" }],
    [{ studioUrl: "https://studioapi.azureml.example.evil.example" }],
    [{ studioUrl: "https://evil.example/studioapi.azureml.example" }],
    [{ studioUrl: "https://studioapi.azureml.example@evil.example" }],
    [{ studioUrl: "https://evil.example\\@studioapi.azureml.example" }],
    [{ studioUrl: "https://user@studioapi.azureml.example" }],
    [{ studioUrl: "https://evil.studioapi.azureml.example" }],
    [{ studioUrl: "https://evil.studio.azureml.example" }],
    [{ studioUrl: "https://169.254.169.254/" }],
    [{ studioUrl: "https://127.0.0.1/" }],
    [{ studioUrl: "https://0x7f000001/" }],
    [{ studioUrl: "https://[::ffff:127.0.0.1]/" }],
    [{ studioUrl: "file:///etc/passwd" }],
    [{ studioUrl: "javascript:alert(1)" }],
  ])("%o is none, and is not repeated", (place) => {
    const sent = place.region || place.studioUrl || "nothing was sent";
    const ask = () => studioUrlAt(REGIONS, place);

    expect(ask).toThrow(
      expect.objectContaining({
        code: "validation-failed",
        findings: [
          {
            pointer: place.region === undefined ? "/studioUrl" : "/region",
            detail: expect.stringContaining("southcentralus, westeurope"),
          },
        ],
      }),
    );
    expect(ask).not.toThrow(sent);
  });
});
