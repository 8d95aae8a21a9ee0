import { Server, Socket } from 'node:net';
import { DelayLine } from '../delay-line';

/** Bytes that may be under way on one socket in one direction before it waits, as a network's buffers would fill. */
const UNDER_WAY = 1 << 20;

type Done = (error?: Error | null) => void;
interface Lines {
  readonly out: DelayLine;
  readonly in: DelayLine;
  outBytes: number;
  inBytes: number;
}
/** What Node.js gives a socket and its types do not name. */
interface Inner extends Socket {
  parser?: unknown;
}

const lines = new WeakMap<Socket, Lines>();
let delay = 0;
let installed = false;

/**
 * Holds back what this process sends and receives on TCP sockets, those that are open and those to come, by
 * `milliseconds` each way, in order. Opening a connection, UDP and host names are not delayed.
 */
export function delayNetwork(milliseconds: number): void {
  delay = milliseconds;
  if (milliseconds === 0 || installed) return;
  installed = true;
  delayWrites();
  delayReads();
  takeBackFromParsers();
}

function linesOf(socket: Socket): Lines {
  const known = lines.get(socket);
  if (known !== undefined) return known;
  const made: Lines = { out: new DelayLine(), in: new DelayLine(), outBytes: 0, inBytes: 0 };
  lines.set(socket, made);
  socket.once('close', () => {
    made.out.clear();
    made.in.clear();
  });
  return made;
}

/** A write is accepted at once and carried out late; its failure ends the socket, as a broken connection does. */
function delayWrites(): void {
  const { _write, _writev, _final } = Socket.prototype;
  const send = (socket: Socket, bytes: number, write: (done: Done) => void, accepted: Done) => {
    const each = linesOf(socket);
    each.outBytes += bytes;
    const full = each.outBytes > UNDER_WAY;
    each.out.put(delay, () => {
      each.outBytes -= bytes;
      if (socket.destroyed) return;
      write(error => {
        if (full) accepted(error);
        else if (error) socket.destroy(error);
      });
    });
    if (!full) process.nextTick(accepted);
  };
  const late = (socket: Socket) => delay > 0 || lines.get(socket)?.out.empty === false;
  Socket.prototype._write = function (chunk, encoding, done) {
    if (!late(this)) return _write.call(this, chunk, encoding, done);
    send(this, chunk.length, written => _write.call(this, chunk, encoding, written), done);
  };
  Socket.prototype._writev = function (chunks, done) {
    if (!late(this)) return _writev?.call(this, chunks, done);
    const bytes = chunks.reduce((sum, { chunk }) => sum + chunk.length, 0);
    send(this, bytes, written => _writev?.call(this, chunks, written), done);
  };
  Socket.prototype._final = function (done) {
    if (!late(this)) return _final.call(this, done);
    linesOf(this).out.put(delay, () => _final.call(this, done));
  };
}

/** What arrives is handed to the program late, and the end of the stream too. */
function delayReads(): void {
  const { push } = Socket.prototype;
  Socket.prototype.push = function (chunk: Buffer | null, encoding?: BufferEncoding) {
    const known = lines.get(this);
    if (delay === 0 && (known === undefined || known.in.empty)) return push.call(this, chunk, encoding);
    const each = linesOf(this);
    const bytes = chunk?.length ?? 0;
    each.inBytes += bytes;
    each.in.put(delay, () => {
      each.inBytes -= bytes;
      if (this.destroyed) return;
      push.call(this, chunk, encoding);
      if (chunk === null) this.read(0);
    });
    return each.inBytes < UNDER_WAY;
  };
}

/**
 * The parser of an HTTP server reads a socket's handle itself, past the stream. A listener for data makes Node.js
 * give the stream back; its own listener is there from the beginning.
 */
function takeBackFromParsers(): void {
  const takeBack = (socket: unknown) => {
    if (
      !(socket instanceof Socket) ||
      (socket as Inner).parser === undefined ||
      (socket as Inner).parser === null
    )
      return;
    const nothing = () => undefined;
    socket.on('data', nothing);
    socket.off('data', nothing);
  };
  for (const handle of (process as unknown as { _getActiveHandles(): unknown[] })._getActiveHandles())
    takeBack(handle);
  const servers = Server.prototype as { emit(event: string, ...values: unknown[]): boolean };
  const { emit } = servers;
  servers.emit = function (event, ...values) {
    const heard = emit.call(this, event, ...values);
    if (event === 'connection' && delay > 0) takeBack(values[0]);
    return heard;
  };
}
