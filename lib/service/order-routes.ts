import type { CacheAnswer, CacheAside } from '../runtime/cache/cache-aside';
import { type HttpAnswer, HttpError, type HttpRequest, type Route } from './http-types';
import type { OrderReads, OrderView } from './order-reads';
import { LEDGER_NAME, parseOrderRequest } from './order-request';
import type { Orders } from './orders';

/** What the routes of orders stand on. */
export interface OrderRoutesOptions {
  readonly orders: Pick<Orders, 'accept'>;
  readonly reads: Pick<OrderReads, 'list'>;
  readonly cached: Pick<CacheAside<OrderView>, 'read' | 'refresh'>;
  readonly maximumQuantity: () => number;
}

/** `POST /orders`, `GET /orders/:id` and `GET /orders?ledger=`. */
export function orderRoutes(options: OrderRoutesOptions): readonly Route[] {
  return [
    { method: 'POST', pattern: /^\/orders$/, handle: request => accept(options, request) },
    { method: 'GET', pattern: /^\/orders$/, handle: request => list(options, request) },
    { method: 'GET', pattern: /^\/orders\/([^/]+)$/, handle: request => find(options, request) },
  ];
}

async function accept(options: OrderRoutesOptions, request: HttpRequest): Promise<HttpAnswer> {
  const idempotencyKey = request.header('idempotency-key') ?? '';
  if (idempotencyKey.length < 1 || idempotencyKey.length > 128) {
    throw new HttpError(400, 'invalid-input', 'the header Idempotency-Key must hold 1 to 128 characters');
  }
  const { order, replayed } = await options.orders.accept({
    request: parseOrderRequest(await request.json(), options.maximumQuantity()),
    idempotencyKey,
    correlationId: request.correlationId,
  });
  const headers: Record<string, string> = { location: `/orders/${order.id}` };
  if (replayed) headers['idempotent-replay'] = 'true';
  return { status: 201, body: order, headers };
}

async function find(options: OrderRoutesOptions, request: HttpRequest): Promise<HttpAnswer> {
  const [id = ''] = request.parameters;
  const fresh = /\bno-(cache|store)\b/.test(request.header('cache-control') ?? '');
  const answer = fresh ? { value: await options.cached.refresh(id) } : await options.cached.read(id);
  if (answer.value === undefined) throw new HttpError(404, 'not-found', 'there is no such order');
  return { status: 200, body: answer.value, headers: freshness(answer) };
}

/** How old the answer is, and whether it is served only because the database does not answer. */
function freshness(answer: Partial<CacheAnswer<OrderView>>): Record<string, string> {
  const { source, ageMilliseconds = 0 } = answer;
  if (source === undefined || source === 'load') return {};
  const age = { age: String(Math.floor(ageMilliseconds / 1000)) };
  return source === 'stale' ? { ...age, 'x-holdfast-stale': 'true' } : age;
}

async function list(options: OrderRoutesOptions, request: HttpRequest): Promise<HttpAnswer> {
  const { searchParams } = request.url;
  const ledger = searchParams.get('ledger') ?? '';
  if (!LEDGER_NAME.test(ledger))
    throw new HttpError(400, 'invalid-input', 'the parameter ledger is missing or wrong');
  const after = whole(searchParams.get('after') ?? '-1', 'after', -1, Number.MAX_SAFE_INTEGER);
  const limit = whole(searchParams.get('limit') ?? '100', 'limit', 1, 1000);
  return { status: 200, body: await options.reads.list(ledger, after, limit) };
}

function whole(text: string, name: string, minimum: number, maximum: number): number {
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= minimum && value <= maximum) return value;
  throw new HttpError(
    400,
    'invalid-input',
    `the parameter ${name} must be a whole number from ${minimum} to ${maximum}`,
  );
}
