import { type ArmResources, createArmResources } from "../../../shared/providers/arm/resources.ts";
import { WORKSPACE } from "./fake-studio.ts";

/** An ARM in memory, with contoso-churn, one web service and one plan. */
export const ORIGIN = "https://arm.example";
export const SUBSCRIPTION = "/subscriptions/f52ca913-39ff-4bb4-89ea-a4ef9043fd2d";
export const GROUP = `${SUBSCRIPTION}/resourceGroups/contoso-ml-rg`;
export const PROVIDER = "/providers/Microsoft.MachineLearning";
export const ARM_ID = `${GROUP}${PROVIDER}/workspaces/contoso-churn`;
export const CHURN = { ...WORKSPACE, armId: ARM_ID };
export const SERVICE = `${GROUP}${PROVIDER}/webServices/churn-v2`;
export const PLAN = `${GROUP}${PROVIDER}/commitmentPlans/s1`;

type Answer = object | number | ((url: URL) => object);

/** ARM's resources as an ARM would tell them that answers by the path; a number is a status without a body. */
export function arm(byPath: Readonly<Record<string, Answer>>): {
  resources: ArmResources;
  asked: readonly string[];
} {
  const asked: string[] = [];
  const resources = createArmResources({
    origin: ORIGIN,
    get: async (url) => {
      asked.push(url.pathname);
      const found = byPath[url.pathname] ?? 404;
      const value = typeof found === "function" ? found(url) : found;
      const status = typeof value === "number" ? value : 200;
      return { status, body: JSON.stringify(value), retryAfterMs: undefined, header: () => null };
    },
  });
  return { resources, asked };
}

/** A page of a list. */
export function list(...value: readonly object[]) {
  return { value };
}

/** The web service, as it names its workspace. */
export function service(id: string | null) {
  const createdOn = "2018-05-01T10:00:00.1234567Z";
  const machineLearningWorkspace = id === null ? null : { id };
  return {
    id: SERVICE,
    name: "churn-v2",
    properties: { createdOn, MachineLearningWorkspace: machineLearningWorkspace },
  };
}
