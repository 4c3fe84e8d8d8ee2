import { describe, expect, it } from "vitest";
import { outputOf } from "../../../shared/providers/studio-classic/content-files.ts";
import { collect, collectText } from "../../support/providers/collect.ts";
import {
  answers,
  asset,
  EXPERIMENT_ID,
  ID,
  keyIn,
  SAMPLES,
  studio,
  WORKSPACE,
} from "../../support/providers/fake-studio.ts";
import type { FakeAnswer } from "../../support/providers/fake-transport.ts";

const MODEL_ID = `${ID}.6edf910660790088c18d222f3ed284a3.v1-default-2`;
const NODE = "37983acf-8be3-4356-81f7-5883cf23dd47-205";
const OUTPUT = `/experiments/${EXPERIMENT_ID}/outputdata/${NODE}/Trained%20model`;
const LINK = "https://storage.example/x.ilearner";
const ENDPOINT = {
  BaseUri: "https://storage.example/",
  Location: "x.ilearner",
  AccessCredential: "?sig=1",
  Name: "Trained model",
};

describe("the content of a promoted asset", () => {
  it("comes through its own link where the service gives one", async () => {
    const { read } = model({ link: ENDPOINT }, { [LINK]: { body: "model" } });

    expect(await read()).toBe("model");
  });

  it("comes through the output that it was promoted from", async () => {
    const { read, transport } = model({ outputs: [ENDPOINT] }, { [LINK]: { body: "model" } });

    expect(await read()).toBe("model");
    expect(transport.calls.at(-1)?.credentials).toBeUndefined();
  });

  it("is asked of the output itself where the link leads nowhere, with the token", async () => {
    const { read, transport } = model(
      { outputs: [ENDPOINT] },
      { [LINK]: { status: 404 }, [OUTPUT]: { body: "model" } },
    );

    expect(await read()).toBe("model");
    expect(transport.calls.map(keyIn).at(-1)).toBe("key-1");
  });

  it("is asked of the output itself where there is no link", async () => {
    const { read } = model({ outputs: null }, { [OUTPUT]: { body: "model" } });

    expect(await read()).toBe("model");
  });

  it.each([
    ["the output is gone", { outputs: null }],
    ["the experiment is gone", {}],
    ["it tells no output", { promotedFrom: "" }],
    ["the output is a sample's", { promotedFrom: `${SAMPLES}.f-id.1.${NODE}.Trained model` }],
  ])("is missing, and the document is there, when %s", async (_why, given) => {
    const { parts } = model(given, {});

    expect(await parts()).toMatchObject([
      { path: ["metadata.json"] },
      { path: ["Churn.ilearner"], reason: "asset-not-found" },
    ]);
  });

  it("is not called missing while the service has trouble, or refuses us", async () => {
    for (const [status, code] of [
      [500, "source-unavailable"],
      [401, "workspace-denied"],
    ] as const) {
      const { parts } = model({ outputs: null }, { [OUTPUT]: { status } });

      await expect(parts()).rejects.toMatchObject({ code });
    }
  });

  it.each([
    ["of an experiment", EXPERIMENT_ID],
    ["of a run", `${ID}.s-id.22070af37c805222cafc51d35b75f5b7.9951-09-13t15.44.57`],
  ])("is found by the name of the output %s, whatever is in the name of the port", (_of, id) => {
    expect(outputOf(`${id}.${NODE}.a.b c`)).toEqual({
      experimentId: id,
      nodeId: NODE,
      port: "a.b c",
    });
  });
});

type Given = {
  readonly link?: unknown;
  readonly outputs?: unknown;
  readonly promotedFrom?: string;
};

function model(given: Given, more: Readonly<Record<string, FakeAnswer>>) {
  const { link = null, promotedFrom = `${EXPERIMENT_ID}.${NODE}.Trained model` } = given;
  const known = answers({
    [`/trainedmodels/${MODEL_ID}`]: {
      Id: MODEL_ID,
      Name: "Churn",
      DataTypeId: "ILearnerDotNet",
      PromotedFrom: promotedFrom,
      DownloadLocation: link,
    },
    ...("outputs" in given && {
      [`/experiments/${EXPERIMENT_ID}`]: {
        NodeStatuses: [{ NodeId: NODE, OutputEndpoints: given.outputs }],
      },
    }),
  });
  const { provider, transport } = studio((path) => more[path] ?? known(path));
  const parts = () => collect(provider.files(WORKSPACE, asset("trained-model", MODEL_ID)));
  return {
    transport,
    parts,
    read: async () => {
      const content = (await parts()).find(({ path }) => path[0] === "Churn.ilearner");
      if (content === undefined || !("open" in content)) throw new Error("There is no content");
      return collectText((await content.open()).body);
    },
  };
}
