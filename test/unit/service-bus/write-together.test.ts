import type { Socket } from "node:net";
import { setImmediate as endOfTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { writeTogether } from "../../../local/service-bus/amqp/write-together.ts";

/** A socket that notes what is done to it. */
function recordedSocket() {
  const events: string[] = [];
  const socket = {
    bytesWritten: 0,
    writable: true,
    cork: () => void events.push("cork"),
    uncork: () => void events.push("uncork"),
    write(text: string) {
      events.push(text);
      socket.bytesWritten += text.length;
    },
  };
  const empty = () => socket.write("empty");
  const read = (readInput: (bytes: Buffer) => void) =>
    writeTogether(socket as unknown as Socket, readInput, empty);
  return { events, socket, read };
}

it("holds back what reads cause until the turn that they begin has ended", async () => {
  const { events, socket, read } = recordedSocket();
  const onBytes = read((bytes) => {
    socket.write(`now ${bytes.toString()}`);
    setImmediate(() => socket.write(`later ${bytes.toString()}`));
  });

  onBytes(Buffer.from("a"));
  onBytes(Buffer.from("b"));
  await endOfTurn();

  expect(events).toEqual(["cork", "now a", "now b", "later a", "uncork", "later b"]);
});

it("answers a read that causes nothing with an empty frame", async () => {
  const { events, socket, read } = recordedSocket();
  const onBytes = read(() => undefined);

  onBytes(Buffer.from("a"));
  await endOfTurn();
  socket.writable = false;
  onBytes(Buffer.from("b"));
  await endOfTurn();

  expect(events).toEqual(["cork", "empty", "uncork", "cork", "uncork"]);
});
