import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { HoldfastError } from '../errors';
import { DrillControl, type DrillStarter } from './control';
import { type Refusal, refuseAct, refuseRequest } from './guard';
import { loadPage, type Page } from './page';
import type { UiView } from './view';
import { Watch, type WatchOptions } from './watch';

/** What {@link serveUi} needs. */
export interface UiOptions extends WatchOptions {
  readonly starter: DrillStarter;
  /** Folder that holds the parts of the page. */
  readonly pageFolder: string;
  /** Key of this start: who has it may start and abort drills. Random, never reused. */
  readonly key: string;
  /** Ends the server, and what was started from its page. */
  readonly signal: AbortSignal;
  /** Port on loopback. @default - a free one */
  readonly port?: number;
}

/** A page that is being served. */
export interface ServedUi {
  /** Address of the page without the key: who opens it may only watch. */
  readonly address: string;
  /** Address with the key behind `#`, which browsers never send. */
  readonly url: string;
  /** Why it ended; resolves when nothing of it is left. */
  readonly ended: Promise<'interrupted' | 'lab-gone'>;
}

/** Pages at a time; each has a look of its own at nothing, since all share one. */
const MOST_PAGES = 16;
const MOST_BODY_BYTES = 4096;

const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** Serves the live page on loopback until its signal aborts or the lab is gone. */
export async function serveUi(options: UiOptions): Promise<ServedUi> {
  const over = new AbortController();
  const until = AbortSignal.any([options.signal, over.signal]);
  const watch = new Watch(options);
  const control = new DrillControl(options.starter, () => watch.shown(), until);
  const handler = new UiHandler(options, watch, control, loadPage(options.pageFolder));
  const server = createServer((request, response) => handler.handle(request, response));
  await listen(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  handler.port = port;
  const address = `http://127.0.0.1:${port}/`;
  const finish = async () => {
    await watch.run(control, options.signal);
    over.abort();
    await control.settled();
    const why = options.signal.aborted ? ('interrupted' as const) : ('lab-gone' as const);
    handler.bye(why);
    await new Promise(resolve => {
      server.close(resolve);
      server.closeIdleConnections();
    });
    return why;
  };
  return { address, url: `${address}#key=${options.key}`, ended: finish() };
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', cause => {
      const text = `the live page cannot be served on port ${port}: ${cause.message}`;
      reject(new HoldfastError('environment', text, [], { cause }));
    });
    server.listen({ host: '127.0.0.1', port, exclusive: true }, resolve);
  });
}

const startBody = z.strictObject({
  mode: z.enum(['switchover', 'failback', 'failover']),
  to: z.string(),
  /** The Region that takes over, typed once more. */
  confirm: z.string(),
  acceptDataLoss: z.boolean().default(false),
  rate: z.number().int().min(0).max(1000).default(50),
});
const abortBody = z.strictObject({ confirm: z.literal('abort') });

/** Answers the page's requests; what each may do is said by the guard. */
class UiHandler {
  port = 0;
  private readonly streams = new Set<ServerResponse>();

  constructor(
    private readonly options: UiOptions,
    private readonly watch: Watch,
    private readonly control: DrillControl,
    private readonly page: Page,
  ) {}

  handle(request: IncomingMessage, response: ServerResponse): void {
    const refusal = refuseRequest(request, this.port);
    if (refusal !== undefined) refuse(response, refusal);
    else this.answer(request, response);
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const route = `${request.method} ${request.url?.split('?')[0]}`;
    if (route === 'GET /') this.sendPage(response);
    else if (route === 'GET /api/view') send(response, 200, this.watch.view(this.control));
    else if (route === 'GET /api/events') this.stream(response);
    else if (route === 'POST /api/start') void this.act(request, response, body => this.start(body));
    else if (route === 'POST /api/abort') void this.act(request, response, body => this.abort(body));
    else send(response, 404, failure('not-found', `nothing at ${route}`));
  }

  /** The last words to every page: why it is served no longer. */
  bye(why: string): void {
    for (const stream of this.streams) stream.end(`event: bye\ndata: ${JSON.stringify({ why })}\n\n`);
  }

  private sendPage(response: ServerResponse): void {
    response.writeHead(200, {
      ...HEADERS,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': this.page.policy,
    });
    response.end(this.page.html);
  }

  private stream(response: ServerResponse): void {
    if (this.streams.size >= MOST_PAGES) {
      send(response, 503, failure('refused', `${MOST_PAGES} pages are open already`));
      return;
    }
    response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' });
    response.write('retry: 1000\n\n');
    this.streams.add(response);
    const tell = (view: UiView) => {
      // A page that does not read gets the next view instead of a queue of old ones.
      if (!response.writableNeedDrain) response.write(`data: ${JSON.stringify(view)}\n\n`);
    };
    const leave = this.watch.subscribe(tell);
    response.once('close', () => {
      leave();
      this.streams.delete(response);
    });
  }

  private start(body: unknown): void {
    const { confirm, ...move } = startBody.parse(body);
    const { regions } = this.options.lab;
    if (!regions.includes(move.to)) throw wrong('to', move.to, `use one of ${regions.join(', ')}`);
    if (confirm !== move.to) throw wrong('confirm', confirm, `type ${move.to}, the Region that takes over`);
    this.control.start(move);
  }

  private abort(body: unknown): void {
    abortBody.parse(body);
    this.control.abort();
  }

  private async act(
    request: IncomingMessage,
    response: ServerResponse,
    act: (body: unknown) => void,
  ): Promise<void> {
    try {
      const refusal = refuseAct(request, this.options.key);
      if (refusal !== undefined) {
        refuse(response, refusal);
        return;
      }
      act(JSON.parse(await readBody(request)));
      send(response, 202, { version: 1, control: this.control.view() });
    } catch (error) {
      const [status, document] = explain(error);
      send(response, status, document);
    }
  }
}

const wrong = (path: string, received: string, fix: string) =>
  new HoldfastError('invalid-input', 'nothing was started', [
    { path, received, message: 'does not fit', fix },
  ]);

function explain(error: unknown): [number, object] {
  if (error instanceof z.ZodError) return [400, failure('invalid-input', z.prettifyError(error))];
  if (error instanceof SyntaxError) return [400, failure('invalid-input', 'the body must be JSON')];
  if (!(error instanceof HoldfastError)) return [500, failure('internal', String(error))];
  return [error.code === 'invalid-input' ? 400 : 409, failure(error.code, error.message)];
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > MOST_BODY_BYTES) throw new HoldfastError('invalid-input', 'the body is too long');
  }
  return text;
}

const failure = (code: string, message: string) => ({ version: 1, error: { code, message } });

const refuse = (response: ServerResponse, { status, message }: Refusal): void =>
  send(response, status, failure('refused', message));

function send(response: ServerResponse, status: number, document: object): void {
  response.writeHead(status, { ...HEADERS, 'content-type': 'application/json' });
  response.end(JSON.stringify(document));
}
