import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AwsCloud, type ConnectionOptions, createAwsCloud } from '../../lib/aws';
import { systemClock } from '../../lib/clock';

/** One request as an SDK client sent it. */
export interface Sent {
  /** `x-amz-target` or form action, without the version; or method and path. */
  readonly action: string;
  /** Region of the signature: the endpoint that would have been called. */
  readonly region: string;
  readonly body: string;
  /** Body of a JSON protocol. */
  readonly json: Record<string, unknown>;
  /** Body of a form protocol. */
  readonly form: URLSearchParams;
}

/** An answer; `drop` closes the connection without one. */
export type Reply = { status?: number; body: string | object; type?: string } | 'drop';

/** Answers by action. */
export type Replies = Record<string, (sent: Sent) => Reply>;

/** An endpoint of all services, which answers what a test says and remembers what it was asked. */
export class FakeEndpoint {
  readonly sent: Sent[] = [];
  replies: Replies = {};
  /** Seconds by which its clock is ahead. */
  ahead = 0;
  private readonly clouds: AwsCloud[] = [];
  private readonly server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', () => {
      const sent = parse(request, Buffer.concat(chunks).toString());
      this.sent.push(sent);
      const reply: Reply = this.replies[sent.action]?.(sent) ?? {
        status: 400,
        body: { __type: 'ValidationException' },
      };
      if (reply === 'drop') return void request.socket.destroy();
      const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
      const type = reply.type ?? (text.startsWith('<') ? 'text/xml' : 'application/x-amz-json-1.0');
      const date = new Date(Date.now() + this.ahead * 1000).toUTCString();
      response.writeHead(reply.status ?? 200, { 'content-type': type, date }).end(text);
    });
  });

  async start(): Promise<void> {
    await new Promise<void>(resolve => this.server.listen(0, '127.0.0.1', resolve));
  }

  /** How an adapter reaches it. */
  access(): ConnectionOptions {
    const { port } = this.server.address() as AddressInfo;
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    return { clock: systemClock, endpoint: `http://127.0.0.1:${port}`, credentials };
  }

  cloud(home?: string): AwsCloud {
    const cloud = createAwsCloud({ application: 'orders', home, ...this.access() });
    this.clouds.push(cloud);
    return cloud;
  }

  async stop(): Promise<void> {
    for (const cloud of this.clouds) cloud.close();
    this.server.closeAllConnections();
    await new Promise(resolve => this.server.close(resolve));
  }

  /** What was sent for an action. */
  of(action: string): readonly Sent[] {
    return this.sent.filter(sent => sent.action === action);
  }
}

function parse(request: http.IncomingMessage, body: string): Sent {
  const target = request.headers['x-amz-target'];
  const isForm = request.headers['content-type']?.includes('form') ?? false;
  const form = new URLSearchParams(isForm ? body : '');
  const path = `${request.method} ${request.url?.split('?')[0]}`;
  return {
    action: typeof target === 'string' ? (target.split('.')[1] ?? '') : (form.get('Action') ?? path),
    region: /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '',
    body,
    json: body.startsWith('{') ? (JSON.parse(body) as Record<string, unknown>) : {},
    form,
  };
}

/** An error of a JSON protocol. */
export const jsonError = (type: string, status = 400): Reply => ({
  status,
  body: { __type: type, message: type },
});

/** An error of a query protocol. */
export const xmlError = (code: string, status = 400): Reply => ({
  status,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${code}</Message></Error></ErrorResponse>`,
});

/** A result of a query protocol. */
export const xmlResult = (action: string, content: string): Reply => ({
  body: `<${action}Response><${action}Result>${content}</${action}Result></${action}Response>`,
});
