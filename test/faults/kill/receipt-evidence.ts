import { createPublicKey, verify } from "node:crypto";
import { z } from "zod";
import type { Receipt, Thing } from "../checker/evidence.ts";
import type { Api } from "./api.ts";

const BEGIN = '{"receipt":';
const MIDDLE = ',"jws":"';
const END = '"}\n';
const receiptSchema = z.object({
  requestId: z.string(),
  state: z.string(),
  exportFirst: z.boolean(),
  assets: z.array(z.object({ assetId: z.string(), outcome: z.string() })),
});
const keysSchema = z.object({ keys: z.array(z.looseObject({ kid: z.string() })) });

/** Fetches a receipt and verifies its signature by the published keys: a detached JWS with ES256 (RFC 7515, App. F). */
export async function receiptEvidence(
  api: Api,
  requestId: string,
  things: ReadonlyMap<string, Thing>,
): Promise<Receipt & { readonly exportFirst: boolean }> {
  const path = `/api/privacy-requests/${requestId}/receipt`;
  const answer = await api.call({ method: "GET", path, as: "operator-app" });
  const nothing = { requestId, state: "", exportFirst: false, outcomes: [] };
  if (answer.status !== 200) return { ...nothing, problems: [`it answers ${answer.status}`] };
  const { text } = answer;
  const middle = text.lastIndexOf(MIDDLE);
  const isFramed = text.startsWith(BEGIN) && middle > 0 && text.endsWith(END);
  if (!isFramed) return { ...nothing, problems: ["it has another form"] };
  const payload = text.slice(BEGIN.length, middle);
  const jws = text.slice(middle + MIDDLE.length, -END.length);
  const told = receiptSchema.safeParse(JSON.parse(payload));
  if (!told.success) return { ...nothing, problems: ["it lacks what a receipt has"] };
  const problems = [
    ...((await isSigned(api, payload, jws)) ? [] : ["its signature is wrong"]),
    ...(told.data.requestId === requestId ? [] : ["it is about another request"]),
  ];
  const outcomes = told.data.assets.flatMap(({ assetId, outcome }) => {
    const thing = things.get(assetId);
    return thing === undefined ? [] : [{ thing, outcome }];
  });
  const { state, exportFirst } = told.data;
  return { requestId, problems, state, exportFirst, outcomes };
}

async function isSigned(api: Api, payload: string, jws: string): Promise<boolean> {
  const [header = "", , signature = ""] = jws.split(".");
  const { kid, alg } = JSON.parse(Buffer.from(header, "base64url").toString()) as Record<
    string,
    unknown
  >;
  const path = "/.well-known/jwks.json";
  const { body } = await api.call({ method: "GET", path, as: "operator-app" });
  const key = keysSchema.parse(body).keys.find((one) => one.kid === kid);
  if (key === undefined || alg !== "ES256") return false;
  const signed = Buffer.from(`${header}.${Buffer.from(payload).toString("base64url")}`);
  const publicKey = createPublicKey({ key, format: "jwk" });
  const proof = { key: publicKey, dsaEncoding: "ieee-p1363" } as const;
  return verify("sha256", signed, proof, Buffer.from(signature, "base64url"));
}
