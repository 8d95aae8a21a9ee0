import {
  Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
} from 'node:http';
import type { Reply } from './reply';

/** Headers that belong to one connection (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];
/** Milliseconds after which an idle connection is closed; well under the emulator's own 75 s. */
const IDLE = 30_000;

/** A request on its way to the emulator. */
export interface UpstreamCall {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Whole body, or the request that it streams from. */
  readonly body: Buffer | IncomingMessage;
}

/** The emulator behind the gateway, over connections that are kept. */
export class Upstream {
  readonly #agent = new Agent({ keepAlive: true, timeout: IDLE });

  constructor(private readonly port: number) {}

  /** Sends a call and gives its response, whose body still streams. A connection that died idle is tried once more. */
  async send(call: UpstreamCall): Promise<IncomingMessage> {
    try {
      return await this.#once(call);
    } catch (error) {
      if (!(error instanceof StaleConnection)) throw error;
      return this.#once(call);
    }
  }

  /** Sends a call and reads the whole answer. */
  async ask(call: UpstreamCall): Promise<Reply> {
    const headers = { ...call.headers, 'accept-encoding': 'identity' };
    const response = await this.send({ ...call, headers });
    const body = await readAll(response);
    return { status: response.statusCode ?? 502, headers: amendable(response.headers), body };
  }

  /** Closes every connection. */
  close(): void {
    this.#agent.destroy();
  }

  #once({ method, url, headers, body }: UpstreamCall): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const whole = Buffer.isBuffer(body);
      const sent = withoutHops(headers, whole ? body.length : undefined);
      const outgoing = request({
        host: '127.0.0.1',
        port: this.port,
        agent: this.#agent,
        method,
        path: url,
        headers: sent,
      });
      outgoing.once('response', resolve);
      outgoing.on('error', cause =>
        reject(outgoing.reusedSocket && whole ? new StaleConnection({ cause }) : cause),
      );
      if (whole) outgoing.end(body);
      else body.once('error', cause => outgoing.destroy(cause)).pipe(outgoing);
    });
  }
}

class StaleConnection extends Error {
  constructor(options: ErrorOptions) {
    super('the connection had been closed', options);
  }
}

function withoutHops(headers: IncomingHttpHeaders, length: number | undefined): OutgoingHttpHeaders {
  const kept = Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name) && name !== 'expect');
  const sent: OutgoingHttpHeaders = Object.fromEntries(kept);
  // Without a length a stream is sent in chunks, as it came.
  if (length !== undefined) sent['content-length'] = length;
  return sent;
}

/** Response headers that may be passed on with a streamed body. */
export function passable(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}

/** Response headers that stay true when the body changes. */
function amendable(headers: IncomingHttpHeaders): Record<string, string> {
  const untrue = [...HOP_BY_HOP, 'content-length', 'x-amz-crc32', 'etag'];
  const kept = Object.entries(headers).filter(
    ([name, value]) => !untrue.includes(name) && value !== undefined,
  );
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}

/** Reads a stream to its end. */
export async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
