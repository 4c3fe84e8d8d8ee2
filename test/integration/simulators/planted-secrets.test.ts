import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { PlantedSecret } from "../../../local/simulators/estate/planted-secrets.ts";
import { credentialOf, workspaceIdOf } from "../../../local/simulators/seed/derived-ids.ts";
import {
  callArm,
  callControl,
  callStudio,
  jsonOf,
  TRAINING,
} from "../../support/simulators/simulator-calls.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";

const simulators = await startTestSimulators({ switches: { plantSecrets: true } });
afterAll(() => simulators[Symbol.asyncDispose]());
beforeEach(() => simulators.switches.reset());

const NOTEBOOK = "/notebooks/family/b37e00e4bffff90079da1256e6273f0e";
const SERVICE = "/webservices/ff5bb15636828aa7dae8b937f1d0da0a";
const ARM_SERVICE =
  "/subscriptions/f52ca913-39ff-4bb4-89ea-a4ef9043fd2d/resourceGroups/contoso-ml-rg/providers/Microsoft.MachineLearning/webServices/churn-v2";
const STUDIO_PATHS = [
  "",
  "/datasources",
  "/trainedmodels",
  "/transformmodules",
  "/modules",
  "/experiments",
  TRAINING,
  `${TRAINING}/annotations`,
  "/projectcontainers",
  "/notebooks",
  "/gateways",
  "/webservicegroups",
];

/** All metadata of contoso-churn as the services answer it, with URL encoding taken off twice. */
async function allMetadata(): Promise<string> {
  const token = { Authorization: `Bearer ${credentialOf("token1:S1")}` };
  const base = `${simulators.addresses.management}/workspaces/${workspaceIdOf("S1")}${SERVICE}`;
  const answers = await Promise.all([
    ...STUDIO_PATHS.map((path) => callStudio(simulators, "S1", path)),
    callStudio(simulators, "S1", `${NOTEBOOK}/session`, { method: "POST" }),
    fetch(base, { headers: token }),
    fetch(`${base}/endpoints/default`, { headers: token }),
    callArm(simulators, ARM_SERVICE),
  ]);
  const texts = await Promise.all(answers.map((answer) => answer.text()));
  return decoded(decoded(texts.join("\n")));
}

function decoded(text: string): string {
  return text.replace(/%[0-9A-F]{2}/gi, (escape) =>
    String.fromCharCode(Number.parseInt(escape.slice(1), 16)),
  );
}

async function planted(): Promise<PlantedSecret[]> {
  return jsonOf(await callControl(simulators, "GET", "workspaces/S1/planted"));
}

describe("planted credentials", () => {
  it("are more than sixty, each another, and all of them are in the answers", async () => {
    const all = await planted();
    const text = await allMetadata();

    expect(new Set(all.map(({ secret }) => secret)).size).toBe(62);
    expect(all.filter(({ secret }) => !text.includes(secret))).toEqual([]);
  });

  it("are among the secrets to look for, and others of another workspace are not", async () => {
    const secrets = await jsonOf<string[]>(
      await callControl(simulators, "GET", "workspaces/S1/secrets"),
    );
    const others = await jsonOf<PlantedSecret[]>(
      await callControl(simulators, "GET", "workspaces/F1/planted"),
    );

    expect((await planted()).every(({ secret }) => secrets.includes(secret))).toBe(true);
    expect(others.some(({ secret }) => secrets.includes(secret))).toBe(false);
  });

  it("are nowhere while the switch is off", async () => {
    simulators.switches.change({ plantSecrets: false });

    const text = await allMetadata();

    expect((await planted()).filter(({ secret }) => text.includes(secret))).toEqual([]);
  });
});
