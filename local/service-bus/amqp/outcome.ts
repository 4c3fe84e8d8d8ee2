import type { Typed } from "rhea";
import { z } from "zod";
import { BrokerError } from "../model/broker-error.ts";
import type { PropertyChanges, PropertyValue } from "../model/message.ts";
import { types } from "../wire/codec.ts";
import { CONDITIONS } from "./conditions.ts";

/** What a receiver decided about a message (AMQP 1.0, part 3, section 3.4). */
export type Outcome =
  | { readonly kind: "accepted" }
  | { readonly kind: "released" }
  | {
      readonly kind: "modified";
      readonly isUndeliverableHere: boolean;
      readonly changes: PropertyChanges;
    }
  | {
      readonly kind: "rejected";
      readonly reason: string | undefined;
      readonly description: string | undefined;
      readonly changes: PropertyChanges;
    };

const CODE = { accepted: 0x24, rejected: 0x25, released: 0x26, modified: 0x27 } as const;

/** The state of a delivery that takes part in a transaction (AMQP 1.0, part 4, section 4.5.8). */
const TRANSACTIONAL = 0x34;

const Property: z.ZodType<PropertyValue> = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.date(),
  z.custom<Uint8Array>((value) => value instanceof Uint8Array),
  z.null(),
]);

/** The properties a client sends along when it settles a message. */
export const Changes = z.record(z.string(), Property);

const RejectedError = z.object({ info: Changes.nullish() }).nullish();

/** Reads the state of a disposition; throws `invalid-request` when it is not an outcome. */
export function readOutcome(state: Typed | undefined): Outcome {
  const fields: readonly Typed[] = Array.isArray(state?.value) ? state.value : [];
  switch (Number(state?.descriptor?.value)) {
    case CODE.accepted:
      return { kind: "accepted" };
    case CODE.released:
      return { kind: "released" };
    case CODE.modified:
      return {
        kind: "modified",
        isUndeliverableHere: unwrap(fields[1]) === true,
        changes: parse(Changes.nullish(), unwrap(fields[2])) ?? {},
      };
    case CODE.rejected:
      return readRejected(fields[0]);
    case TRANSACTIONAL:
      throw new BrokerError("not-supported", "Transactions are not supported.");
    default:
      throw new BrokerError("invalid-request", "The delivery state is not an outcome.");
  }
}

/** The answer to an outcome that was applied: the outcome itself, without any error. */
export function outcomeState(kind: Outcome["kind"]): Typed {
  return types.described(types.wrap_ulong(CODE[kind]), types.wrap_list([]));
}

/** The answer to an outcome or a message that the broker refuses. */
export function refusedState({ code, message }: BrokerError): Typed {
  const error = types.wrap_error({ condition: CONDITIONS[code].condition, description: message });
  return types.described(types.wrap_ulong(CODE.rejected), types.wrap_list([error]));
}

/** Service Bus clients dead-letter a message by rejecting it with the reason in the error's info. */
function readRejected(error: Typed | undefined): Outcome {
  const changes = parse(RejectedError, unwrap(error))?.info ?? {};
  const { DeadLetterReason: reason, DeadLetterErrorDescription: description, ...rest } = changes;
  return { kind: "rejected", reason: text(reason), description: text(description), changes: rest };
}

function unwrap(value: Typed | undefined): unknown {
  return types.unwrap(value);
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    throw new BrokerError("invalid-request", "The delivery state holds a value of no simple type.");
  }
  return parsed.data;
}

function text(value: PropertyValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
