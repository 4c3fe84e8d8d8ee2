import { describe, expect, it } from "vitest";
import { collectFiles, textsOf } from "../../support/providers/collect.ts";
import {
  asset,
  DATASET_ID,
  DOCUMENTS,
  documents,
  EXPERIMENT_ID,
  ID,
  SAMPLES,
  studio,
  WORKSPACE,
} from "../../support/providers/fake-studio.ts";

describe("the files of an asset", () => {
  it.each([
    ["workspace-settings", ID, [["settings", "workspace.json"]]],
    ["users", ID, [["users", "users.json"]]],
    [
      "dataset",
      DATASET_ID,
      [
        ["metadata", "metadata.json"],
        ["content", "CRM.csv"],
      ],
    ],
    ["experiment", EXPERIMENT_ID, [["experiment", "experiment.json"]]],
  ] as const)("of the kind %s are named", async (kind, sourceId, expected) => {
    const { provider } = studio(documents);

    const files = await collectFiles(provider.files(WORKSPACE, asset(kind, sourceId)));

    expect(files.map(({ key, path }) => [key, ...path])).toEqual(expected);
  });

  it("hold no credential and are otherwise as received", async () => {
    const { provider } = studio(documents);

    const files = await collectFiles(provider.files(WORKSPACE, asset("experiment", EXPERIMENT_ID)));

    const expected = DOCUMENTS[`/experiments/${EXPERIMENT_ID}`]?.replace("canary", "[redacted]");
    expect(await textsOf(files)).toEqual([expected]);
    expect(files[0]?.bytes).toBe(expected?.length);
  });

  it("are opened at their start and cannot be continued when they are documents", async () => {
    const { provider } = studio(documents);

    const [file] = await collectFiles(provider.files(WORKSPACE, asset("dataset", DATASET_ID)));
    const opened = await file?.open({ offset: 5, tag: '"x"' });

    expect(opened).toMatchObject({ offset: 0, totalBytes: file?.bytes, tag: null });
  });

  it("are an empty list of users when the service answers with nothing", async () => {
    const { provider } = studio((path) => (path === "" ? documents("") : { status: 204 }));

    const files = await collectFiles(provider.files(WORKSPACE, asset("users", ID)));

    expect(await textsOf(files)).toEqual(["[]"]);
  });

  it.each([
    ["a sample", "dataset", `${SAMPLES}.1.v1-default-1`],
    ["another workspace's", "dataset", "aac8fa11a24583e8d5665ffef9c54d04.1.v1-default-1"],
    ["another workspace's", "experiment", "aac8fa11a24583e8d5665ffef9c54d04.f-id.1"],
  ] as const)("of %s %s are not asked for", async (_whose, kind, sourceId) => {
    const { provider, transport } = studio(documents);

    const files = collectFiles(provider.files(WORKSPACE, asset(kind, sourceId)));

    await expect(files).rejects.toMatchObject({ code: "asset-not-found" });
    expect(transport.calls).toEqual([]);
  });

  it.each(["dataset", "experiment"] as const)(
    "of a %s that is gone are not found",
    async (kind) => {
      const { provider } = studio(() => ({ status: 404 }));

      const files = collectFiles(provider.files(WORKSPACE, asset(kind, `${ID}.gone`)));

      await expect(files).rejects.toMatchObject({ code: "asset-not-found" });
    },
  );

  it("are asked for by the whole id, whatever is in it", async () => {
    const { provider, transport } = studio(() => ({ status: 404 }));
    const odd = asset("experiment", `${ID}./../x?y#z`);

    await collectFiles(provider.files(WORKSPACE, odd)).catch(() => undefined);

    expect(transport.calls[0]?.url).toBe(
      `https://studio.example/api/workspaces/${ID}/experiments/${ID}.%2F..%2Fx%3Fy%23z`,
    );
  });

  it("hold none of the workspace's own tokens and keys, wherever people have put them", async () => {
    const [token, key] = ["0f3c5a9be1d24c7788aa0192bb34cc56", "c3RvcmFnZS1rZXkvK3dpdGggYWxs"];
    const settings = { AuthorizationToken: { SecondaryToken: token }, UserStorageKey: key };
    const note = { Id: "1", Content: `${token} and ${encodeURIComponent(key)}`, Kept: "a/b c" };
    const { provider } = studio((path) => ({
      body: JSON.stringify(path === "" ? settings : path === "/webservicegroups" ? [note] : null),
    }));

    const files = await collectFiles(provider.files(WORKSPACE, asset("web-service-group", "1")));

    expect(await textsOf(files)).toEqual([
      JSON.stringify({ ...note, Content: "[redacted] and [redacted]" }),
    ]);
    expect(files[0]?.redactions).toEqual([
      { pointer: "/Content", reason: "workspace-token" },
      { pointer: "/Content", reason: "workspace-token" },
    ]);
  });
});
