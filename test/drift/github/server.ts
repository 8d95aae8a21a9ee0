import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One thing on the server: a comment, or an issue. */
type Item = Record<string, unknown> & { body: string };

/** What the server was asked. */
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, unknown> | undefined;
  readonly authorization: string | undefined;
}

/** An answer in place of the usual one. */
interface Fault {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: object;
  /** Whether the request is carried out all the same, and only its answer is lost. */
  readonly acted?: boolean;
}

/**
 * A local server with the shapes that GitHub's REST API answers with (docs.github.com/rest: issues, issue comments,
 * pagination, rate limits), two items a page.
 */
export class GitHubServer {
  readonly asked: Asked[] = [];
  comments: Item[] = [];
  issues: Item[] = [];
  /** Answers for the next requests, in order. */
  faults: Fault[] = [];
  private server: Server | undefined;
  private base = '';
  private last = 100;

  async start(): Promise<string> {
    this.server = createServer((request, response) => {
      void this.answer(request).then(({ status, headers, body }) => {
        response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
        response.end(body === undefined ? '' : JSON.stringify(body));
      });
    });
    await new Promise<void>(resolve => this.server?.listen(0, '127.0.0.1', resolve));
    this.base = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this.base;
  }

  stop(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }

  changes(): string[] {
    return this.asked.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);
  }

  comment(body: string, login = 'github-actions[bot]'): Item {
    const id = ++this.last;
    const item = { id, body, user: { login, type: 'Bot' }, html_url: `https://github.com/o/r/pull/7#${id}` };
    this.comments.push(item);
    return item;
  }

  issue(title: string, body: string, login = 'github-actions[bot]'): Item {
    const number = ++this.last;
    const item = {
      number,
      title,
      body,
      state: 'open',
      user: { login },
      html_url: `https://github.com/o/r/issues/${number}`,
    };
    this.issues.push(item);
    return item;
  }

  private async answer(request: IncomingMessage): Promise<Fault> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const body = text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>);
    const url = new URL(request.url ?? '', this.base);
    const path = url.pathname.replace('/repos/o/r/', '');
    const { method = '' } = request;
    this.asked.push({ method, path, body, authorization: request.headers.authorization });
    const fault = this.faults.shift();
    if (fault !== undefined && fault.acted !== true) return fault;
    const usual = this.usual(method, path, body, url);
    return fault ?? usual;
  }

  private usual(method: string, path: string, body: Record<string, unknown> = {}, url: URL): Fault {
    if (method === 'GET' && path === 'issues/7/comments') return this.page(this.comments, url);
    if (method === 'GET' && path === 'issues') return this.page(this.issues, url);
    if (method === 'POST' && path === 'issues/7/comments')
      return { status: 201, body: this.comment(String(body.body)) };
    if (method === 'POST' && path === 'issues')
      return { status: 201, body: this.issue(String(body.title), String(body.body)) };
    const [, kind, id] = /^(issues\/comments|issues)\/(\d+)$/.exec(path) ?? [];
    const list = kind === 'issues' ? this.issues : this.comments;
    const item = list.find(each => each[kind === 'issues' ? 'number' : 'id'] === Number(id));
    if (method !== 'PATCH' || item === undefined)
      return { status: 404, body: { message: 'Not Found', status: '404' } };
    Object.assign(item, body);
    return { status: 200, body: item };
  }

  private page(items: readonly Item[], url: URL): Fault {
    const page = Number(url.searchParams.get('page') ?? 1);
    const next = new URL(url);
    next.searchParams.set('page', String(page + 1));
    const more = items.length > page * 2;
    const headers: Record<string, string> = more
      ? { link: `<${next}>; rel="next", <${next}>; rel="last"` }
      : {};
    return { status: 200, headers, body: items.slice((page - 1) * 2, page * 2) };
  }
}
