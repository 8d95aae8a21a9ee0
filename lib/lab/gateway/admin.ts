import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { HoldfastError } from '../../errors';
import type { GatewayOptions } from './gateway';
import { readNotEmulated } from './not-emulated';
import { readAll } from './upstream';

/** Path under which the admin API stands, beside the calls to AWS. */
export const ADMIN_PREFIX = '/_holdfast/';

/** One operation of the admin API: gets the body (parsed JSON, or undefined) and the query; its value is the answer. */
export type AdminHandler = (body: unknown, query: URLSearchParams) => unknown;

const match = z.strictObject({
  caller: z.string().optional(),
  service: z.string().optional(),
  action: z.string().optional(),
  region: z.string().optional(),
});
const denyRule = match.extend({ id: z.string().min(1) });
const effect = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('latency'), milliseconds: z.number().min(0).max(600_000) }),
  z.strictObject({ kind: z.literal('throttle') }),
  z.strictObject({ kind: z.literal('error'), status: z.union([z.literal(500), z.literal(503)]) }),
  z.strictObject({ kind: z.literal('reset') }),
]);
const faultRule = z.strictObject({
  id: z.string().min(1),
  match,
  effect,
  remaining: z.number().int().positive().optional(),
});
const reachability = z.strictObject({ region: z.string(), reachable: z.boolean() });
const named = z.strictObject({ id: z.string() });
const cursor = z.coerce.number().int().min(0).optional();

/** Lets other processes (CLI, tests) see and turn the gateway; every request carries the lab's token. */
export class AdminApi {
  readonly #handlers = new Map<string, AdminHandler>();

  constructor(private readonly options: GatewayOptions) {
    const { state, notEmulatedFile } = options;
    const absent = () => (notEmulatedFile === undefined ? [] : readNotEmulated(notEmulatedFile));
    this.add('GET', 'state', () => ({ ...state.snapshot(), notEmulated: absent() }));
    this.add('GET', 'not-emulated', absent);
    this.add('GET', 'calls', (_, query) => {
      const { after, ...rest } = Object.fromEntries(query);
      return state.calls.read({ ...match.parse(rest), after: cursor.parse(after) });
    });
    this.add('PUT', 'deny', body => state.deny(denyRule.parse(body)));
    this.add('DELETE', 'deny', body => state.allow(named.parse(body).id));
    this.add('PUT', 'faults', body => state.injectFault(faultRule.parse(body)));
    this.add('DELETE', 'faults', body => state.clearFault(named.parse(body).id));
    this.add('PUT', 'reachable', body => {
      const { region, reachable } = reachability.parse(body);
      if (!this.#members().includes(region)) {
        throw new HoldfastError('not-found', `no replica of the register stands in ${region}`);
      }
      state.setReachable(region, reachable);
    });
  }

  /** Adds an operation; a second one of the same name replaces the first. */
  add(method: string, path: string, handler: AdminHandler): void {
    this.#handlers.set(`${method} ${path}`, handler);
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [status, document] = await this.#run(request);
    const body = JSON.stringify(document ?? {});
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  }

  #members(): readonly string[] {
    const place = this.options.state.register;
    return place === undefined
      ? []
      : [...place.regions, ...(place.witness === undefined ? [] : [place.witness])];
  }

  async #run(request: IncomingMessage): Promise<[number, unknown]> {
    const text = (await readAll(request)).toString('utf8');
    if (!this.#knows(request.headers.authorization))
      return [401, failure('refused', 'the token of this lab is needed')];
    const url = new URL(request.url ?? '/', 'http://gateway');
    const handler = this.#handlers.get(`${request.method} ${url.pathname.slice(ADMIN_PREFIX.length)}`);
    if (handler === undefined)
      return [404, failure('not-found', `no operation ${request.method} ${url.pathname}`)];
    try {
      return [200, await handler(text === '' ? undefined : JSON.parse(text), url.searchParams)];
    } catch (error) {
      if (error instanceof HoldfastError) return [409, failure(error.code, error.message)];
      if (error instanceof z.ZodError) return [400, failure('invalid-input', z.prettifyError(error))];
      if (error instanceof SyntaxError) return [400, failure('invalid-input', error.message)];
      return [500, failure('unavailable', error instanceof Error ? error.message : String(error))];
    }
  }

  #knows(authorization: string | undefined): boolean {
    const given = Buffer.from(authorization ?? '');
    const wanted = Buffer.from(`Bearer ${this.options.token}`);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }
}

const failure = (code: string, message: string) => ({ error: { code, message } });
