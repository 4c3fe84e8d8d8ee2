import type { Socket } from "node:net";

/**
 * Writes what one read causes in one go, and answers a read that causes nothing. rhea writes every
 * frame by itself, which takes a system call each. The official client leaves Nagle's algorithm on:
 * the end of what it sends waits until what went before is acknowledged, and TCP delays that by some
 * 40 ms unless there is something to send along.
 *
 * `readInput` is called for every chunk; `writeEmptyFrame` when nothing else was written. A frame
 * counts as caused by a read when it is written before the next turn of the event loop ends.
 */
export function writeTogether(
  socket: Socket,
  readInput: (bytes: Buffer) => void,
  writeEmptyFrame: () => void,
): (bytes: Buffer) => void {
  let isHeld = false;
  const release = (bytesBefore: number): void => {
    isHeld = false;
    if (socket.bytesWritten === bytesBefore && socket.writable) {
      writeEmptyFrame();
    }
    socket.uncork();
  };
  return (bytes) => {
    const isFirst = !isHeld;
    const bytesBefore = socket.bytesWritten;
    if (isFirst) {
      isHeld = true;
      socket.cork();
    }
    readInput(bytes);
    if (isFirst) {
      // After `readInput`: the turn that commits and answers was begun in there, and comes before.
      setImmediate(release, bytesBefore);
    }
  };
}
