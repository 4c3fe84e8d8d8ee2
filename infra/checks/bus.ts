import { EVENTS_TOPIC } from "../../shared/core/events.ts";
import { QUEUES } from "../../shared/core/messages.ts";
import { nodesOf, type Trees } from "./bicep.ts";
import { differences, jsonOf, type Sources, textOf } from "./sources.ts";

/** Queues and topics: `infra/bus.json` is the list; the local broker, the code and Bicep agree with it. */

type Limits = { readonly lockDuration: string; readonly maxDeliveryCount: number };
type Entity = {
  readonly name: string;
  readonly detectsDuplicates: boolean;
  readonly timeToLive: string;
};
type Bus = {
  readonly queues: readonly (Entity & Limits)[];
  readonly topics: readonly (Entity & { readonly subscription: Limits })[];
};

type Properties = {
  readonly LockDuration?: string;
  readonly MaxDeliveryCount?: number;
  readonly RequiresDuplicateDetection?: boolean;
  readonly DuplicateDetectionHistoryTimeWindow?: string;
  readonly DefaultMessageTimeToLive?: string;
  readonly DeadLetteringOnMessageExpiration?: boolean;
};
type LocalEntity = { readonly Name: string; readonly Properties: Properties };
type LocalConfig = {
  readonly UserConfig: {
    readonly Namespaces: readonly [
      {
        readonly Queues: readonly LocalEntity[];
        readonly Topics: readonly (LocalEntity & {
          readonly Subscriptions: readonly LocalEntity[];
        })[];
      },
    ];
  };
};

const LIST = "infra/bus.json";
const LOCAL = "local/service-bus/config.json";
const BICEP = "infra/modules/bus.bicep";

/** Names that only people and ticketing systems send to or read. */
const DOORS = ["privacy-requests", "privacy-requests-rejected"];

/** Everything in which the four differ. Locks are shorter here, so that a takeover is seen within seconds. */
export function busProblems(sources: Sources, trees: Trees): string[] {
  const bus = jsonOf(sources, LIST) as Bus;
  const { Queues, Topics } = (jsonOf(sources, LOCAL) as LocalConfig).UserConfig.Namespaces[0];
  return [
    ...differences([LIST, bus.queues.map(settingsOf)], [LOCAL, Queues.map(localSettingsOf)]),
    ...differences(
      [LIST, bus.topics.map((topic) => `${settingsOf(topic)}, ${limitsOf(topic.subscription)}`)],
      [
        LOCAL,
        Topics.flatMap((topic) =>
          topic.Subscriptions.map(
            ({ Properties: { MaxDeliveryCount } }) =>
              `${localSettingsOf(topic)}, subscription ${MaxDeliveryCount} deliveries`,
          ),
        ),
      ],
    ),
    ...differences(
      [LIST, bus.queues.map(({ name }) => name)],
      ["shared/core/messages.ts and the doors", [...Object.values(QUEUES), ...DOORS]],
    ),
    ...differences([LIST, bus.topics.map(({ name }) => name)], ["events.ts", [EVENTS_TOPIC]]),
    ...consumed(sources, bus),
    ...bicepProblems(trees),
  ];
}

/** Every queue that a step names has a function that takes from it. */
function consumed(sources: Sources, bus: Bus): string[] {
  const text = textOf(sources, "functions/main.ts");
  return bus.queues
    .filter(({ name }) => !DOORS.includes(name) && !text.includes(`"${name}"`))
    .map(({ name }) => `No function of functions/main.ts takes from ${name}`);
}

/** Bicep names no queue of its own: all it makes comes from the list. */
function bicepProblems(trees: Trees): string[] {
  const tree = trees.get(BICEP);
  const nodes = tree === undefined ? [] : nodesOf(tree);
  const loops = nodes.filter(({ type }) => type === "for_statement").map(({ text }) => text);
  const has = (list: string) => loops.some((text) => text.includes(`in bus.${list}:`));
  return ["queues", "topics"].flatMap((list) =>
    has(list) ? [] : [`${BICEP} does not make the ${list} of ${LIST}`],
  );
}

function settingsOf(entity: Entity & Partial<Limits>): string {
  const { name, detectsDuplicates, timeToLive, maxDeliveryCount } = entity;
  const duplicates = detectsDuplicates ? "PT1H of duplicates" : "duplicates";
  const deliveries = maxDeliveryCount === undefined ? "" : `, ${maxDeliveryCount} deliveries`;
  return `${name}: ${timeToLive}, ${duplicates}${deliveries}`;
}

function limitsOf({ maxDeliveryCount }: Limits): string {
  return `subscription ${maxDeliveryCount} deliveries`;
}

function localSettingsOf({ Name: name, Properties: given }: LocalEntity): string {
  const detectsDuplicates = given.RequiresDuplicateDetection ?? false;
  const window = given.DuplicateDetectionHistoryTimeWindow;
  const entity = {
    name,
    detectsDuplicates,
    timeToLive: given.DefaultMessageTimeToLive ?? "for ever",
    ...(given.MaxDeliveryCount === undefined ? {} : { maxDeliveryCount: given.MaxDeliveryCount }),
  };
  const settings = settingsOf(entity);
  return detectsDuplicates ? settings.replace("PT1H", window ?? "PT10M") : settings;
}
