import { BrokerError, type BrokerErrorCode } from "./broker-error.ts";

/** Which sends to refuse, and how. */
export type SendFault = {
  readonly count: number;
  readonly error: BrokerErrorCode;
  /** The path of a queue or topic; any of them when absent. The case does not count. */
  readonly entity?: string | undefined;
};

/** Sends that are refused on request. Each fault refuses the next ones that it fits. */
export class SendFaults {
  #armed: { left: number; readonly fault: SendFault }[] = [];

  /** Refuses the next `count` sends. */
  refuse(fault: SendFault): void {
    this.#armed.push({ left: fault.count, fault });
  }

  /** How many sends are still to be refused. */
  get left(): number {
    return this.#armed.reduce((sum, { left }) => sum + left, 0);
  }

  /** Lets every send through again. */
  clear(): void {
    this.#armed = [];
  }

  /** Throws the error of a fault when the send to `entity` is to be refused. */
  check(entity: string): void {
    const armed = this.#armed.find(({ fault }) => fits(fault, entity));
    if (armed !== undefined) {
      armed.left -= 1;
      this.#armed = this.#armed.filter(({ left }) => left > 0);
      throw new BrokerError(armed.fault.error, "The send was refused on request.");
    }
  }
}

function fits(fault: SendFault, entity: string): boolean {
  return fault.entity === undefined || fault.entity.toLowerCase() === entity.toLowerCase();
}
