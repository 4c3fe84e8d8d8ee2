import type { SeedWorkspace } from "./seed-types.ts";

const FREE = {
  type: "Free",
  name: "Free-Workspace",
  description: "Default workspace.",
  region: "South Central US",
} as const;

/** Free workspaces: F1 holds every kind a free user can have, F2 awkward names, F3 nothing. */
export const FREE_WORKSPACES: readonly SeedWorkspace[] = [
  {
    ...FREE,
    key: "F1",
    created: "2016-02-11T07:42:13Z",
    users: [
      ["maja", "Owner", "Active"],
      ["ines", "User", "Active"],
    ],
    datasets: [
      {
        key: "ds-movies",
        name: "Movie tweets",
        dataTypeId: "GenericCSV",
        owner: "Maja Lindqvist",
        content: { file: "MovieTweets.csv" },
      },
      {
        key: "ds-bc",
        name: "Breast cancer (own split)",
        dataTypeId: "ARFF",
        owner: "Maja Lindqvist",
        content: { file: "breast-cancer.arff" },
      },
      {
        key: "ds-sensors",
        name: "Sensor log",
        dataTypeId: "GenericTSV",
        owner: "R",
        content: { file: "sensor_log.tsv" },
        versions: ["2017-01-10T08:00:00Z", "2017-02-10T08:00:00Z"],
      },
      {
        key: "ds-noheader",
        name: "prices no header",
        dataTypeId: "GenericCSVNoHeader",
        owner: "PowerShell",
        content: { file: "prices.nh.csv" },
      },
      {
        key: "ds-text",
        name: "Reviews raw text",
        dataTypeId: "PlainText",
        owner: "Python SDK",
        content: { file: "reviews.txt" },
      },
      {
        key: "ds-zip",
        name: "R scripts bundle",
        dataTypeId: "Zip",
        owner: "Maja Lindqvist",
        content: { file: "rscripts.zip" },
      },
      {
        key: "ds-prom",
        name: "Cleaned tweets",
        dataTypeId: "Dataset",
        owner: "Maja Lindqvist",
        content: { experiment: "ex-train", node: "clean", port: "Cleaned dataset" },
      },
    ],
    experiments: [
      {
        key: "ex-train",
        name: "Tweet sentiment [training]",
        status: "Finished",
        lastRun: "2017-11-03T14:20:05Z",
        nodes: ["in:ds-movies", "clean", "norm", "split", "train", "score"],
      },
      {
        key: "ex-pred",
        name: "Tweet sentiment [Predictive Exp.]",
        status: "Finished",
        lastRun: "2017-11-03T15:02:44Z",
        nodes: ["in:ds-movies", "model:tm-sent", "score"],
      },
      {
        key: "ex-draft",
        name: "Experiment created on 2/14/2018",
        status: "InDraft",
        lastRun: "2018-02-14T10:00:00Z",
        nodes: ["in:ds-sensors"],
      },
    ],
    models: [
      {
        key: "tm-sent",
        name: "Tweet sentiment [trained model]",
        experiment: "ex-train",
        node: "train",
        port: "Trained model",
      },
    ],
    transforms: [
      {
        key: "tr-norm",
        name: "Normalize tweets [transform]",
        experiment: "ex-train",
        node: "norm",
        port: "Transformation function",
      },
    ],
    notebooks: [
      {
        key: "nb-1",
        name: "Explore tweets",
        language: "Python 2",
        attachments: ["MovieTweets.csv"],
      },
      { key: "nb-2", name: "R notes", language: "R", attachments: [] },
    ],
    projects: [
      {
        key: "pr-1",
        name: "Tweets",
        description: "All tweet work",
        experiments: ["ex-train", "ex-pred"],
        datasets: ["ds-movies"],
        webServices: ["ws-sent"],
      },
    ],
    annotations: [
      { experiment: "ex-train", content: "Ask Ines about the label column", node: "split" },
      { experiment: "ex-train", content: "Done, see mail of 3 Nov", node: null },
    ],
    webServices: [
      {
        key: "ws-sent",
        name: "Tweet sentiment [Predictive Exp.]",
        created: "2017-11-03T15:05:10Z",
        endpoints: ["default", "testing", "for-ines"],
      },
    ],
  },
  {
    ...FREE,
    key: "F2",
    created: "2017-06-30T19:03:58Z",
    users: [
      ["tomas", "Owner", "Active"],
      ["temp", "User", "Invited"],
    ],
    datasets: [
      {
        key: "ds-pac",
        name: "Pacientes – série 2017 (ção)",
        dataTypeId: "GenericCSV",
        owner: "Tomás Ribeiro",
        content: { file: "pacientes_2017.csv" },
      },
      {
        key: "ds-rdata",
        name: "modelo antigo",
        dataTypeId: "RData",
        owner: "R",
        content: { file: "modelo.RData" },
      },
      {
        key: "ds-ptsv",
        name: "sem cabeçalho",
        dataTypeId: "GenericTSVNoHeader",
        owner: "Tomás Ribeiro",
        content: { file: "dados.nh.tsv" },
      },
    ],
    experiments: [
      {
        key: "ex-arch",
        name: 'Risco "alto" / teste',
        status: "Finished",
        lastRun: "2017-08-01T11:00:00Z",
        nodes: ["in:ds-pac", "rscript"],
        archived: true,
      },
      {
        key: "ex-key",
        name: "Importação SQL",
        status: "Finished",
        lastRun: "2018-01-09T09:09:09Z",
        nodes: ["import", "select"],
        secrets: ["Account Key", "Password"],
      },
    ],
    annotations: [
      {
        experiment: "ex-key",
        content: "Senha trocada por Tomás em janeiro",
        node: "import",
      },
    ],
  },
  {
    ...FREE,
    key: "F3",
    created: "2018-05-29T12:00:00Z",
    users: [["ines", "Owner", "Active"]],
    datasets: [],
    experiments: [],
  },
];
