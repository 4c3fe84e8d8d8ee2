/**
 * Starts a stack on free ports in the folder given as argument, prints its process ids as one line of
 * JSON, and does nothing about any signal.
 */
import { startStack } from "../../../local/stack/start-stack.ts";

const stack = await startStack({ dataDir: process.argv[2] ?? "", ports: "any", host: false });
const names = ["azurite", "service-bus", "simulators"] as const;
console.log(JSON.stringify(names.map((name) => stack.process(name).pid)));
