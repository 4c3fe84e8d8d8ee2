/** Supervises one fake child, prints its process id, and does nothing about any signal. */
import { supervise } from "../../../local/stack/supervise.ts";
import { fakeChild } from "./fake-child-spec.ts";

const child = await supervise(
  fakeChild({ say: "READY" }),
  () => {},
  () => {},
);
console.log(child.pid);
