import type { Typed } from "rhea";
import { z } from "zod";
import { BrokerError } from "../model/broker-error.ts";
import type { PropertyValue } from "../model/message.ts";
import { correlation, type Filter, type Rule, type Rules } from "../model/rules.ts";
import { types } from "../wire/codec.ts";
import { parseBody } from "./management-body.ts";
import { Changes } from "./outcome.ts";

type Operation = (rules: Rules, body: unknown) => Record<string, unknown> | undefined;

/** The operations on the rules of a subscription by name. */
export const RULE_OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ["com.microsoft:add-rule", add],
  ["com.microsoft:remove-rule", remove],
  ["com.microsoft:enumerate-rules", enumerate],
]);

/** Descriptors of what a rule is made of, as the official clients know them. */
const DESCRIPTOR = {
  rule: 0x137_0000_0004,
  noAction: 0x137_0000_0005,
  true: 0x13_7000_0007,
  false: 0x13_7000_0008,
  correlation: 0x13_7000_0009,
} as const;

/** What a filter in SQL may say: the two sentences that the clients have for all and nothing. */
const BOOLEAN_EXPRESSION: Readonly<Record<string, Filter>> = {
  "1=1": { kind: "true" },
  "1=0": { kind: "false" },
};

const Text = z.string().nullish();

const AddRule = z.object({
  "rule-name": z.string().min(1),
  "rule-description": z.object({
    "sql-filter": z.object({ expression: z.string() }).nullish(),
    "correlation-filter": z
      .object({
        "correlation-id": Text,
        "message-id": Text,
        to: Text,
        "reply-to": Text,
        label: Text,
        "session-id": Text,
        "reply-to-session-id": Text,
        "content-type": Text,
        properties: Changes.nullish(),
      })
      .nullish(),
    "sql-rule-action": z.object({ expression: z.string().nullish() }).nullish(),
  }),
});

type Description = z.output<typeof AddRule>["rule-description"];

function add(rules: Rules, body: unknown) {
  const { "rule-name": name, "rule-description": description } = parseBody(AddRule, body);
  if ((description["sql-rule-action"]?.expression ?? "") !== "") {
    throw new BrokerError("not-supported", "SQL actions of rules are not supported.");
  }
  rules.add({ name, filter: readFilter(description) });
  return {};
}

const RemoveRule = z.object({ "rule-name": z.string() });

function remove(rules: Rules, body: unknown) {
  rules.remove(parseBody(RemoveRule, body)["rule-name"]);
  return {};
}

const EnumerateRules = z.object({ top: z.int().nonnegative(), skip: z.int().nonnegative() });

function enumerate(rules: Rules, body: unknown) {
  const { top, skip } = parseBody(EnumerateRules, body);
  const page = rules.list().slice(skip, skip + top);
  return page.length === 0
    ? undefined
    : { rules: page.map((rule) => ({ "rule-description": ruleDescription(rule) })) };
}

function readFilter(description: Description): Filter {
  const { "sql-filter": sql, "correlation-filter": named } = description;
  if (named !== null && named !== undefined) {
    const system = {
      correlationId: named["correlation-id"],
      messageId: named["message-id"],
      to: named.to,
      replyTo: named["reply-to"],
      subject: named.label,
      sessionId: named["session-id"],
      replyToSessionId: named["reply-to-session-id"],
      contentType: named["content-type"],
    };
    return correlation(system, named.properties ?? {});
  }
  const filter = BOOLEAN_EXPRESSION[(sql?.expression ?? "").replaceAll(/\s/g, "")];
  if (filter === undefined) {
    const sentence = "SQL filters are not supported: use a correlation filter, 1=1 or 1=0.";
    throw new BrokerError("not-supported", sentence);
  }
  return filter;
}

function ruleDescription({ name, filter }: Rule): Typed {
  const noAction = described(DESCRIPTOR.noAction, []);
  return described(DESCRIPTOR.rule, [writeFilter(filter), noAction, types.wrap_string(name)]);
}

function writeFilter(filter: Filter): Typed {
  if (filter.kind !== "correlation") {
    return described(DESCRIPTOR[filter.kind], []);
  }
  const { system, properties } = filter;
  const fields = [
    system.correlationId,
    system.messageId,
    system.to,
    system.replyTo,
    system.subject,
    system.sessionId,
    system.replyToSessionId,
    system.contentType,
  ].map((field) => (field === undefined ? null : types.wrap_string(field)));
  return described(DESCRIPTOR.correlation, [...fields, types.wrap_map(plain(properties))]);
}

function plain(properties: Readonly<Record<string, PropertyValue>>): Record<string, PropertyValue> {
  return { ...properties };
}

function described(code: number, fields: readonly (Typed | null)[]): Typed {
  return types.described(types.wrap_ulong(code), types.wrap_list([...fields]));
}
