import { RuntimeError } from '../../runtime/errors';
import { idempotencyKeyOf } from '../http/http-idempotency';
import { type HttpAnswer, HttpError, type HttpRequest, type Route } from '../http/http-types';
import { LEDGER_NAME, parseOrderRequest } from '../orders/order-request';
import { tagOf } from '../residency/residency-routes';
import type { StockReads } from '../stock/stock-reads';
import type { CustomerOrderRequest, CustomerOrders } from './customer-orders';

/** What customers' orders stand on. */
export interface CustomerRoutesOptions {
  readonly orders: Pick<CustomerOrders, 'accept'>;
  readonly reads: Pick<StockReads, 'byCustomer'>;
  readonly maximumQuantity: () => number;
}

/**
 * The routes of orders, widened: `POST /orders` with a `customer` is paid for, and `GET /orders?customer=` searches.
 * Whatever names no customer goes to the given routes as it came.
 */
export function withCustomers(routes: readonly Route[], options: CustomerRoutesOptions): readonly Route[] {
  return routes.map(route => {
    if (!route.pattern.test('/orders')) return route;
    const handle = (request: HttpRequest) => route.handle(request);
    return {
      ...route,
      handle: request => (route.method === 'POST' ? accept : search)(options, request, handle),
    };
  });
}

type Otherwise = (request: HttpRequest) => Promise<HttpAnswer>;

async function accept(
  { orders, maximumQuantity }: CustomerRoutesOptions,
  request: HttpRequest,
  otherwise: Otherwise,
): Promise<HttpAnswer> {
  const body = await request.json();
  if ((body as { customer?: unknown } | null)?.customer === undefined)
    return otherwise({ ...request, json: async () => body });
  const { order, replayed } = await orders.accept({
    request: { ...parseCustomerOrder(body, maximumQuantity()), ...tagOf(request) },
    idempotencyKey: idempotencyKeyOf(request),
    correlationId: request.correlationId,
  });
  const headers: Record<string, string> = { location: `/orders/${order.id}` };
  if (replayed) headers['idempotent-replay'] = 'true';
  return { status: 201, body: order, headers };
}

async function search(
  { reads }: CustomerRoutesOptions,
  request: HttpRequest,
  otherwise: Otherwise,
): Promise<HttpAnswer> {
  const query = request.query();
  const customer = query.get('customer');
  if (customer === null) return otherwise(request);
  if (!LEDGER_NAME.test(customer))
    throw new HttpError(400, 'invalid-input', 'the parameter customer is wrong');
  const after = Number(query.get('after') ?? '0');
  const limit = Number(query.get('limit') ?? '100');
  if (!Number.isSafeInteger(after) || !Number.isInteger(limit) || limit < 1 || limit > 1000)
    throw new HttpError(400, 'invalid-input', 'after must be a whole number, limit one from 1 to 1000');
  return { status: 200, body: await reads.byCustomer(customer, after, limit) };
}

/** @throws RuntimeError `invalid-input` with every problem */
function parseCustomerOrder(body: unknown, maximumQuantity: number): CustomerOrderRequest {
  const { item, quantity } = parseOrderRequest(body, maximumQuantity);
  const { customer, cents, ledger } = body as Readonly<Record<string, unknown>>;
  const problems = [];
  if (typeof customer !== 'string' || !LEDGER_NAME.test(customer))
    problems.push({
      ...{ path: 'customer', received: customer, message: 'is not a customer' },
      fix: 'give 1 to 128 letters, digits, dots, colons, hyphens',
    });
  if (!Number.isSafeInteger(cents) || (cents as number) < 1)
    problems.push({
      ...{ path: 'cents', received: cents, message: 'is not a price', fix: 'give a whole number from 1' },
    });
  if (ledger !== undefined)
    problems.push({
      ...{ path: 'ledger', received: ledger, message: 'stands beside a customer' },
      fix: 'give one or the other',
    });
  if (problems.length > 0) throw new RuntimeError('invalid-input', 'the order is not valid', problems);
  return { customer: customer as string, item, quantity, cents: cents as number };
}
