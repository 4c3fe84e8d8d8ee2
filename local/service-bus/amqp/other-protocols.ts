import type { Socket } from "node:net";

const SENTENCE =
  "This port speaks AMQP over TCP only: ServiceBusAdministrationClient (HTTP), " +
  "AMQP over WebSockets and TLS are not supported.";

/** A TLS client begins with a handshake record; its answer is a fatal alert, access denied. */
const TLS_HANDSHAKE = 0x16;
const TLS_ACCESS_DENIED = Buffer.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x31]);

/** HTTP methods are upper-case words; `A` is left to AMQP, whose header begins with its name. */
const HTTP_METHOD = /^[B-Z][A-Z]+ /;

/**
 * Hands a connection's first bytes to `onAmqp`, or refuses a client of another protocol in a way that
 * it understands. A TLS client cannot be told a sentence without a certificate it trusts, so
 * `onRefusal` is told: somebody who looks at the broker's output finds the reason there.
 */
export function refuseOtherProtocols(
  socket: Socket,
  onAmqp: (firstBytes: Buffer) => void,
  onRefusal: (sentence: string) => void,
): void {
  socket.once("data", (bytes: Buffer) => {
    if (bytes[0] === TLS_HANDSHAKE) {
      socket.end(TLS_ACCESS_DENIED);
      onRefusal(`A TLS client was refused. ${SENTENCE}`);
    } else if (HTTP_METHOD.test(bytes.toString("latin1", 0, 8))) {
      socket.end(httpRefusal());
      onRefusal(`An HTTP client was refused. ${SENTENCE}`);
    } else {
      onAmqp(bytes);
    }
  });
  socket.on("error", () => undefined);
}

function httpRefusal(): string {
  return [
    "HTTP/1.1 501 Not Implemented",
    "Content-Type: text/plain; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(SENTENCE)}`,
    "Connection: close",
    "",
    SENTENCE,
  ].join("\r\n");
}
