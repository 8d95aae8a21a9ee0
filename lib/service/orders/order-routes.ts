import type { CacheAnswer, CacheAside } from '../../runtime/cache/cache-aside';
import { type FeatureFlags, parseFeatureFlags } from '../../runtime/config/feature-flags';
import { RecentKeys } from '../../runtime/edge/priority';
import type { ConsistentRead, ReadRequest } from '../../runtime/reads/consistent-reads';
import { POSITION_HEADER } from '../../runtime/reads/read-position';
import { askedConsistency, readHeaders } from '../http/http-consistency';
import { idempotencyKeyOf, withinClient } from '../http/http-idempotency';
import { type HttpAnswer, HttpError, type HttpRequest, type Route } from '../http/http-types';
import type { OrderResidency } from '../residency/residency-orders';
import { tagOf } from '../residency/residency-routes';
import { BATCH_MOST, readBatch } from './order-batch';
import type { OrderReads, OrderView } from './order-reads';
import { LEDGER_NAME, parseOrderRequest } from './order-request';
import type { Orders } from './orders';

/** What the routes of orders stand on. */
export interface OrderRoutesOptions {
  readonly orders: Pick<Orders, 'accept'>;
  readonly reads: Pick<OrderReads, 'list' | 'findMany'>;
  /** @default - each flag is as the code says */
  readonly flags?: () => FeatureFlags;
  readonly cached: Pick<CacheAside<OrderView>, 'read' | 'refresh'>;
  readonly maximumQuantity: () => number;
  /** Reads where what was asked for can be seen. */
  readonly consistent: <T>(
    request: ReadRequest,
    work: (reads: Pick<OrderReads, 'find' | 'list'>) => Promise<T>,
  ) => Promise<ConsistentRead<T>>;
  /** Judges what the cache gives. @default - orders may be held anywhere */
  readonly residency?: Pick<OrderResidency, 'requireHere'>;
  /** The position after a write that has just been committed; undefined when it cannot be told. Never rejects. */
  readonly position: () => Promise<string | undefined>;
}

/** Keys that are remembered as in hand lately; each takes about 200 bytes. */
const RECENT_KEYS = 10_000;

const NO_FLAGS = parseFeatureFlags('{}');

/** `POST /orders`, `GET /orders/:id`, `GET /orders?ledger=` and `GET /orders?ids=`. */
export function orderRoutes(options: OrderRoutesOptions): readonly Route[] {
  const recent = new RecentKeys(RECENT_KEYS);
  return [
    {
      method: 'POST',
      pattern: /^\/orders$/,
      priority: request => (wasAnswered(recent, request) ? 'replay' : 'write'),
      handle: request => accept(options, request, recent),
    },
    {
      method: 'GET',
      pattern: /^\/orders$/,
      priority: request => (request.query().has('ids') ? 'read' : 'background'),
      handle: request => (request.query().has('ids') ? several : list)(options, request),
    },
    { method: 'GET', pattern: /^\/orders\/([^/]+)$/, handle: request => find(options, request) },
  ];
}

function wasAnswered(recent: RecentKeys, request: HttpRequest): boolean {
  const key = request.header('idempotency-key');
  return key !== undefined && recent.has(withinClient(request, key));
}

async function accept(
  options: OrderRoutesOptions,
  request: HttpRequest,
  recent: RecentKeys,
): Promise<HttpAnswer> {
  const idempotencyKey = idempotencyKeyOf(request);
  const { order, replayed } = await options.orders.accept({
    request: { ...parseOrderRequest(await request.json(), options.maximumQuantity()), ...tagOf(request) },
    idempotencyKey,
    correlationId: request.correlationId,
  });
  // Only what was answered once can be asked again: before that it has no right to a better place.
  recent.add(idempotencyKey);
  const headers: Record<string, string> = { location: `/orders/${order.id}` };
  if (replayed) headers['idempotent-replay'] = 'true';
  const position = await options.position();
  if (position !== undefined) headers[POSITION_HEADER] = position;
  return { status: 201, body: order, headers };
}

async function find(options: OrderRoutesOptions, request: HttpRequest): Promise<HttpAnswer> {
  const [id = ''] = request.parameters;
  const asked = askedConsistency(request);
  if (asked !== undefined) {
    const read = await options.consistent(asked, reads => reads.find(id));
    if (read.value === undefined) throw notFound(readHeaders(read));
    return { status: 200, body: read.value, headers: readHeaders(read) };
  }
  const fresh = /\bno-(cache|store)\b/.test(request.header('cache-control') ?? '');
  const answer = fresh ? { value: await options.cached.refresh(id) } : await options.cached.read(id);
  if (answer.value === undefined) throw notFound();
  // A cache, and a stale answer most of all, may hold what was let in by an older policy.
  options.residency?.requireHere(answer.value.jurisdiction);
  return { status: 200, body: answer.value, headers: freshness(answer) };
}

/** How old the answer is, and whether it is served only because the database does not answer. */
function freshness(answer: Partial<CacheAnswer<OrderView>>): Record<string, string> {
  const { source, ageMilliseconds = 0 } = answer;
  if (source === undefined || source === 'load') return {};
  const age = { age: String(Math.floor(ageMilliseconds / 1000)) };
  return source === 'stale' ? { ...age, 'x-holdfast-stale': 'true' } : age;
}

/** `?ids=`: several orders at once, each as far as it can be told. */
async function several(options: OrderRoutesOptions, request: HttpRequest): Promise<HttpAnswer> {
  const { residency, flags = () => NO_FLAGS } = options;
  const ids = [...new Set((request.query().get('ids') ?? '').split(','))];
  if (ids.length > BATCH_MOST || ids.includes(''))
    throw new HttpError(
      400,
      'invalid-input',
      `the parameter ids must hold 1 to ${BATCH_MOST} ids with commas`,
    );
  const requireHere = residency && ((tag: string | undefined) => residency.requireHere(tag));
  return { status: 200, body: await readBatch({ ...options, requireHere, flags }, ids) };
}

async function list(options: OrderRoutesOptions, request: HttpRequest): Promise<HttpAnswer> {
  const searchParams = request.query();
  const ledger = searchParams.get('ledger') ?? '';
  if (!LEDGER_NAME.test(ledger))
    throw new HttpError(400, 'invalid-input', 'the parameter ledger is missing or wrong');
  const after = whole(searchParams.get('after') ?? '-1', 'after', -1, Number.MAX_SAFE_INTEGER);
  const limit = whole(searchParams.get('limit') ?? '100', 'limit', 1, 1000);
  const asked = askedConsistency(request);
  if (asked === undefined) return { status: 200, body: await options.reads.list(ledger, after, limit) };
  const read = await options.consistent(asked, reads => reads.list(ledger, after, limit));
  return { status: 200, body: read.value, headers: readHeaders(read) };
}

function notFound(headers?: Record<string, string>): HttpError {
  return new HttpError(404, 'not-found', 'there is no such order', headers);
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
