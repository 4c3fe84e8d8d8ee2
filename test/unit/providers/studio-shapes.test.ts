import { describe, expect, it } from "vitest";
import { isOwn } from "../../../shared/providers/studio-classic/assets.ts";
import { contentName } from "../../../shared/providers/studio-classic/content-name.ts";
import { datasetSchema, parseStudioDate } from "../../../shared/providers/studio-classic/shapes.ts";

const WORKSPACE = "b577bbf6c46640c822e2a6e3d255d437";
const SAMPLES = "506153734175476c4f62416c57734963";

describe("a date of Studio", () => {
  it.each([
    ["/Date(1464199879696)/", "2016-05-25T18:11:19.696Z"],
    ["/Date(1464199879696+0200)/", "2016-05-25T18:11:19.696Z"],
    ["/Date(0)/", "1970-01-01T00:00:00.000Z"],
    ["/Date(-62135596800000)/", null],
    ["/Date(99999999999999999)/", null],
    ["2016-05-25T18:11:19Z", null],
    ["", null],
  ])("%j is %j", (text, expected) => {
    expect(parseStudioDate(text)).toBe(expected);
  });
});

describe("an asset", () => {
  it.each([
    [`${WORKSPACE}.f-id.1f022fd4578847dc867d662a51f0a105`, true],
    [`${WORKSPACE.toUpperCase()}.2b9c6e10d47f4a85b3e19d0c5a7f8e24.v1-default-48`, true],
    [`${SAMPLES}.2b9c6e10d47f4a85b3e19d0c5a7f8e24.v1-default-1`, false],
    ["aac8fa11a24583e8d5665ffef9c54d04.f-id.1", false],
    [`${WORKSPACE}0.f-id.1`, false],
    ["", false],
  ])("of the id %s belongs to its workspace: %s", (id, expected) => {
    expect(isOwn(WORKSPACE, id)).toBe(expected);
  });

  it("of the service's own workspace belongs to nobody", () => {
    expect(isOwn(SAMPLES, `${SAMPLES}.f-id.1`)).toBe(false);
  });
});

describe("the content of a data set", () => {
  it.each([
    [{ UploadedFromFilename: "crm 2018.csv", Name: "CRM", DataTypeId: "Zip" }, "crm 2018.csv"],
    [{ UploadedFromFilename: null, Name: "CRM", DataTypeId: "GenericCSV" }, "CRM.csv"],
    [{ Name: "CRM.CSV", DataTypeId: "GenericCSV" }, "CRM.CSV"],
    [{ Name: "CRM", DataTypeId: "GenericTSVNoHeader" }, "CRM.nh.tsv"],
    [{ Name: "Scored customers", DataTypeId: "Dataset" }, "Scored customers.dataset"],
    [{ Name: "modelo antigo", DataTypeId: "RData" }, "modelo antigo.RData"],
    [{ Name: "テレメトリ 2018", DataTypeId: "Unheard" }, "テレメトリ 2018"],
    [{ UploadedFromFilename: " ", Name: "", DataTypeId: "PlainText" }, ".txt"],
  ])("%j is called %j", (members, expected) => {
    const dataset = datasetSchema.parse({ Id: "1", ...members });

    expect(contentName(dataset)).toBe(expected);
  });
});

describe("the size of a data set", () => {
  it.each([
    [10_485_760, 10_485_760],
    [-1, 0],
    [null, 0],
    [undefined, 0],
    [0.5, 0],
  ])("%j is %i bytes", (Size, expected) => {
    expect(datasetSchema.parse({ Id: "1", Size }).Size).toBe(expected);
  });
});
