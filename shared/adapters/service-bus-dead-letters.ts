import type {
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from "@azure/service-bus";
import { messageSchema, QUEUES } from "../core/messages.ts";
import { AppError } from "../errors.ts";
import type { DeadLetter, DeadLetters } from "../pipeline/ports.ts";
import { busCode } from "./bus-senders.ts";

/** The broker's reason for a message that was delivered too often and never completed. */
const TOO_OFTEN = "MaxDeliveryCountExceeded";

/** How long to wait for the first dead letter of a queue; the usual queue has none. */
const WAIT_MS = 500;

/** How many dead letters that are not ours, or not for us, are looked through for those that are. */
const MOST_OTHERS = 500;

/** The part of the client that receives. */
type ReceivingClient = Pick<ServiceBusClient, "createReceiver">;

/**
 * The dead-letter sub-queues of the internal queues on Azure Service Bus. What is not ours, or was dead-lettered for
 * another reason, is given back when all have been looked at, so that it does not come again in the same run.
 */
export function serviceBusDeadLetters(
  connect: () => Promise<ReceivingClient>,
  waitMs = WAIT_MS,
): DeadLetters {
  return {
    take: async (limit) => {
      const client = await connect();
      const queues = [...new Set(Object.values(QUEUES))];
      const taken = await Promise.all(
        queues.map((queue) => takeFrom(client, queue, { limit, waitMs })),
      );
      return taken.flat();
    },
  };
}

type Taking = { readonly limit: number; readonly waitMs: number };

async function takeFrom(
  client: ReceivingClient,
  queue: string,
  taking: Taking,
): Promise<readonly DeadLetter[]> {
  const receiver = client.createReceiver(queue, { subQueueType: "deadLetter" });
  try {
    const { ours, others } = await received(receiver, taking);
    await Promise.all(others.map((each) => receiver.abandonMessage(each)));
    const open = new Set<DeadLetter>(ours);
    if (open.size === 0) await receiver.close();
    return ours.map((letter) => closing(letter, open, receiver));
  } catch (error) {
    await receiver.close().catch(() => undefined);
    const code = busCode(error);
    throw new AppError("bus-unavailable", `Reading the dead letters of ${queue} failed: ${code}`);
  }
}

/** Ours may lie behind others, which stay locked until all have been looked at, and so do not come again. */
async function received(
  receiver: ServiceBusReceiver,
  { limit, waitMs }: Taking,
): Promise<{ ours: DeadLetter[]; others: ServiceBusReceivedMessage[] }> {
  const ours: DeadLetter[] = [];
  const others: ServiceBusReceivedMessage[] = [];
  while (ours.length < limit && others.length < MOST_OTHERS) {
    const wanted = limit - ours.length;
    const batch = await receiver.receiveMessages(wanted, { maxWaitTimeInMs: waitMs });
    for (const message of batch) {
      const letter = letterOf(receiver, message);
      if (letter === null) others.push(message);
      else ours.push(letter);
    }
    if (batch.length < wanted) break;
  }
  return { ours, others };
}

function letterOf(
  receiver: ServiceBusReceiver,
  message: ServiceBusReceivedMessage,
): DeadLetter | null {
  const pointer = messageSchema.safeParse(message.body);
  if (message.deadLetterReason !== TOO_OFTEN || !pointer.success) return null;
  return {
    message: pointer.data,
    drop: () => unlessLost(receiver.completeMessage(message)),
    keep: () => unlessLost(receiver.abandonMessage(message)),
  };
}

/** A letter whose lock is over is free again, and comes once more. */
async function unlessLost(settled: Promise<void>): Promise<void> {
  try {
    await settled;
  } catch (error) {
    if (busCode(error) !== "MessageLockLost") throw error;
  }
}

/** The receiver is closed with the last of its letters: a lock ends with the link that it was taken on. */
function closing(
  letter: DeadLetter,
  open: Set<DeadLetter>,
  receiver: ServiceBusReceiver,
): DeadLetter {
  const settle = async (run: () => Promise<void>) => {
    try {
      await run();
    } finally {
      open.delete(letter);
      if (open.size === 0) await receiver.close();
    }
  };
  return {
    message: letter.message,
    drop: () => settle(() => letter.drop()),
    keep: () => settle(() => letter.keep()),
  };
}
