import { InvalidArgumentError } from "commander";

/** A whole number above 0, as an option of a command. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value <= 0) {
    throw new InvalidArgumentError("expected a whole number above 0");
  }
  return value;
}
