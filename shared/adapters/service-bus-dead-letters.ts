import type {
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from "@azure/service-bus";
import { messageSchema, QUEUES } from "../core/messages.ts";
import { AppError } from "../errors.ts";
import type { DeadLetter, DeadLetters } from "../pipeline/ports.ts";

/** The broker's reason for a message that was delivered too often and never completed. */
const TOO_OFTEN = "MaxDeliveryCountExceeded";

/** How long to wait for the first dead letter of a queue; the usual one has none. */
const WAIT_MS = 500;

/** The part of the client that receives. */
type ReceivingClient = Pick<ServiceBusClient, "createReceiver">;

/**
 * The dead-letter sub-queues of the internal queues on Azure Service Bus. What is not ours, or was dead-lettered for
 * another reason, is given back when all have been looked at, so that it does not come again in the same run.
 */
export function serviceBusDeadLetters(connect: () => Promise<ReceivingClient>): DeadLetters {
  return {
    take: async (limit) => {
      const client = await connect();
      const queues = [...new Set(Object.values(QUEUES))];
      const taken = await Promise.all(queues.map((queue) => takeFrom(client, queue, limit)));
      return taken.flat();
    },
  };
}

async function takeFrom(
  client: ReceivingClient,
  queue: string,
  limit: number,
): Promise<readonly DeadLetter[]> {
  const receiver = client.createReceiver(queue, { subQueueType: "deadLetter" });
  try {
    const received = await receiver.receiveMessages(limit, { maxWaitTimeInMs: WAIT_MS });
    const letters = received.map((message) => letterOf(receiver, message));
    const ours = letters.filter((letter) => letter !== null);
    const open = new Set<DeadLetter>(ours);
    await Promise.all(
      received
        .filter((_, index) => letters[index] === null)
        .map((each) => receiver.abandonMessage(each)),
    );
    if (open.size === 0) await receiver.close();
    return ours.map((letter) => closing(letter, open, receiver));
  } catch (error) {
    await receiver.close().catch(() => undefined);
    const code = error instanceof Error && "code" in error ? String(error.code) : "no code";
    throw new AppError("bus-unavailable", `Reading the dead letters of ${queue} failed: ${code}`);
  }
}

function letterOf(
  receiver: ServiceBusReceiver,
  message: ServiceBusReceivedMessage,
): DeadLetter | null {
  const pointer = messageSchema.safeParse(message.body);
  if (message.deadLetterReason !== TOO_OFTEN || !pointer.success) return null;
  return {
    message: pointer.data,
    drop: () => receiver.completeMessage(message),
    keep: () => receiver.abandonMessage(message),
  };
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
