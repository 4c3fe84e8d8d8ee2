import type { Queue } from "../model/queue.ts";
import type { Consumer } from "./consumer.ts";

/** Shares the messages of each queue among its consumers, one message each in turn. */
export class Dispatcher {
  readonly #consumers = new Map<Queue, Consumer[]>();

  add(consumer: Consumer): void {
    const consumers = this.#consumers.get(consumer.queue) ?? [];
    this.#consumers.set(consumer.queue, [...consumers, consumer]);
  }

  remove(consumer: Consumer): void {
    const consumers = this.#consumers.get(consumer.queue) ?? [];
    this.#consumers.set(
      consumer.queue,
      consumers.filter((each) => each !== consumer),
    );
  }

  /** Delivers until no consumer has credit or no message is active, then answers drains. */
  serve(queue: Queue): void {
    const consumers = this.#consumers.get(queue) ?? [];
    for (const consumer of consumers) {
      consumer.flush();
    }
    for (;;) {
      const consumer = consumers.find((each) => each.hasCapacity);
      if (consumer === undefined || !consumer.deliverNext()) {
        break;
      }
      consumers.push(...consumers.splice(consumers.indexOf(consumer), 1));
    }
    for (const consumer of consumers) {
      consumer.answerDrain();
    }
  }
}
