import { SECRET_FORMS, type SecretForm } from "./secret-forms.ts";

/** Places in the metadata of a workspace where credentials are planted, and in which forms. */
const PLACES = {
  "workspace.Description": ["sasUrl"],
  "workspace.HDInsightClusterConnectionString": ["jdbc"],
  "workspace.HDInsightStorageConnectionString": ["accountKey"],
  "workspace.AzureStorageConnectionString": ["accountKey"],
  "workspace.SqlAzureConnectionString": ["sqlConnection"],
  "workspace.AnalyticFrameworkClusterConnectionString": ["serviceBus"],
  "workspace.MsIdentityCertificate": ["key"],
  "workspace.Tags": ["bearer"],
  "dataset.Description": ["sasUrl", "accountKey", "encodedSasUrl", "tokenHeader"],
  "model.Description": ["bearer", "serviceBus"],
  "transform.Description": ["sasUrl"],
  "module.Description": ["clientSecret", "sasUrl"],
  "module.InformationUrl": ["encodedToken"],
  "experiment.Summary": ["accountKey", "jdbc", "encodedSasUrl"],
  "experiment.SerializedClientData": ["encodedToken"],
  "node.Comment": ["tokenHeader", "sasUrl"],
  "parameter.Database password": ["password"],
  "parameter.Access token": ["key"],
  "parameter.SAS URI": ["sasUrl"],
  "parameter.Connection string": ["sqlConnection"],
  "parameter.Account key": ["key"],
  "parameter.Data source": ["encodedSasUrl"],
  "parameter.Storage path": ["userInfo"],
  "parameter.R script": ["rToken", "encodedToken"],
  "parameter.Python script": ["pythonKey", "accountKey"],
  "parameter.SQL script": ["sasUrl", "sqlConnection"],
  "experiment.WebService.Value": ["password"],
  "experiment.WebService.DefaultValue": ["password"],
  "experiment.WebService.SerializedClientData": ["encodedToken"],
  "annotation.Content": ["tokenHeader", "jdbc", "userInfo"],
  "project.Description": ["accountKey"],
  "notebook.Tags": ["pythonKey"],
  "notebook.SessionUri": ["encodedToken"],
  "gateway.Description": ["sqlConnection"],
  "gateway.RegistrationKey": ["key"],
  "service.Description": ["sasUrl"],
  "endpoint.Description": ["bearer", "encodedToken"],
  "group.Description": ["clientSecret"],
  "group.DiagnosticsConnectionString": ["accountKey"],
  "arm.description": ["sasUrl", "bearer"],
  "arm.tags": ["clientSecret"],
  "arm.keys.primary": ["key"],
  "arm.keys.secondary": ["key"],
  "arm.storageAccount.key": ["key"],
  "arm.parameters": ["password"],
  "arm.graphParameters": ["accountKey"],
  "arm.globalParameters": ["password"],
} as const satisfies Record<string, readonly SecretForm[]>;

/** A place where credentials are planted. */
export type Place = keyof typeof PLACES;

/** A planted credential: where, in which form, its value, and the text it stands in. */
export type PlantedSecret = {
  readonly place: Place;
  readonly form: SecretForm;
  readonly secret: string;
  readonly text: string;
};

const ALL_PLACES = Object.keys(PLACES) as Place[]; // Object.keys widens to string[]

/** Every credential that is planted in a workspace, each another value. */
export function plantedSecrets(workspaceKey: string): PlantedSecret[] {
  return ALL_PLACES.flatMap((place) =>
    PLACES[place].map((form: SecretForm, index) => ({
      place,
      form,
      ...SECRET_FORMS[form](`${workspaceKey}:${place}:${index}`),
    })),
  );
}

/** Names and values of the module parameters that hold planted credentials. */
export function plantedParameters(plant: Planter): (readonly [name: string, value: string])[] {
  return ALL_PLACES.filter((place) => place.startsWith("parameter.")).flatMap((place) => {
    const value = plant(place, null);
    return value === null ? [] : [[place.slice("parameter.".length), value] as const];
  });
}

/** Gives a text with what is planted at its place, or as it is when planting is off. */
export type Planter = <Text extends string | null>(place: Place, text: Text) => Text | string;

/** Plants in one workspace when `isOn`. */
export function planterOf(workspaceKey: string, isOn: boolean): Planter {
  if (!isOn) return (_place, text) => text;
  const byPlace = Map.groupBy(plantedSecrets(workspaceKey), ({ place }) => place);
  return (place, text) => {
    const planted = (byPlace.get(place) ?? []).map((one) => one.text);
    return text === null || text === "" ? planted.join("\n") : [text, ...planted].join("\n");
  };
}
