import type { FencedTransactions } from '../../runtime/database/fence';
import { claimKey } from '../../runtime/idempotency/postgres-idempotency';
import type { Activation } from '../activation';
import { idempotencyKeyOf } from '../http/http-idempotency';
import { type HttpAnswer, HttpError, type HttpRequest, type Route } from '../http/http-types';
import type { StockReads } from './stock-reads';
import { StockStore } from './stock-store';

/** What the routes of stock stand on. */
export interface StockRoutesOptions {
  readonly application: string;
  readonly activation: Pick<Activation, 'requireEpoch'>;
  readonly fenced: FencedTransactions;
  readonly reads: Pick<StockReads, 'level'>;
  /** How long an idempotency key is remembered, in seconds. */
  readonly idempotencySeconds: () => number;
}

const PATTERN = /^\/stock\/([^/]{1,200})$/;

/** `GET /stock/:item`, and `POST /stock/:item` with `{ quantity }` for pieces that came in. */
export function stockRoutes(options: StockRoutesOptions): readonly Route[] {
  return [
    { method: 'GET', pattern: PATTERN, handle: request => level(options, request) },
    {
      method: 'POST',
      pattern: PATTERN,
      priority: () => 'write',
      handle: request => receive(options, request),
    },
  ];
}

async function level({ reads }: StockRoutesOptions, request: HttpRequest): Promise<HttpAnswer> {
  const found = await reads.level(itemOf(request));
  if (found === undefined) throw new HttpError(404, 'not-found', 'nothing is known of this item');
  return { status: 200, body: found };
}

async function receive(options: StockRoutesOptions, request: HttpRequest): Promise<HttpAnswer> {
  const { application, activation, fenced, idempotencySeconds } = options;
  const item = itemOf(request);
  const { quantity } = ((await request.json()) ?? {}) as { quantity?: unknown };
  if (!Number.isSafeInteger(quantity) || (quantity as number) < 1 || (quantity as number) > 1_000_000_000)
    throw new HttpError(400, 'invalid-input', 'quantity must be a whole number from 1 to 1000000000');
  const key = idempotencyKeyOf(request);
  const response = { item, quantity: quantity as number };
  const epoch = activation.requireEpoch();
  const claim = await fenced.run(epoch, async transaction => {
    const scope = `${application} POST /stock`;
    const ttlSeconds = idempotencySeconds();
    const claimed = await claimKey(transaction, { scope, key, request: response, response, ttlSeconds });
    const author = { actor: 'stock-clerk', correlationId: request.correlationId, epoch };
    if (claimed.first) await new StockStore(transaction, author).receive(item, response.quantity);
    return claimed;
  });
  fenced.requireLease(epoch);
  return { status: 201, body: response, headers: claim.first ? {} : { 'idempotent-replay': 'true' } };
}

function itemOf(request: HttpRequest): string {
  try {
    return decodeURIComponent(request.parameters[0] ?? '');
  } catch {
    throw new HttpError(400, 'invalid-input', 'the item is not encoded as a URL asks');
  }
}
