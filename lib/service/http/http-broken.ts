import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

const STATUS: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/**
 * Answers what is no HTTP request. On a connection with requests still in hand the answer waits for theirs: written at
 * once, the client would take it for the answer to an earlier one (pipelining), such as a 400 to an order that was
 * accepted.
 */
export class BrokenRequests {
  private readonly inHand = new WeakMap<Duplex, number>();
  private readonly owed = new WeakMap<Duplex, number>();

  /** A request came in on a connection. */
  begin(socket: Socket): void {
    this.inHand.set(socket, (this.inHand.get(socket) ?? 0) + 1);
  }

  /** A request's answer is out, or will never be. */
  end(socket: Socket): void {
    const left = (this.inHand.get(socket) ?? 1) - 1;
    this.inHand.set(socket, left);
    const status = this.owed.get(socket);
    if (left === 0 && status !== undefined) refuse(socket, status);
  }

  /** Something came in that cannot be read. */
  meet(error: Error, socket: Duplex): void {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    const status = STATUS[code] ?? 400;
    if ((this.inHand.get(socket) ?? 0) === 0) refuse(socket, status);
    else this.owed.set(socket, status);
  }
}

function refuse(socket: Duplex, status: number): void {
  if (!socket.writable) return void socket.destroy();
  const message = 'this is no HTTP request that can be served';
  const body = JSON.stringify({ error: { code: 'invalid-request', message } });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
