import { type HttpAnswer, HttpError, type HttpRequest, type Route } from '../http/http-types';
import { LEDGER_NAME, parseOrderRequest } from '../orders/order-request';
import type { OrderResidency } from '../residency/residency-orders';
import { withResidency } from '../residency/residency-routes';
import type { Carts } from './shard-carts';

/** What the routes of carts stand on. */
export interface CartRoutesOptions {
  readonly carts: Pick<Carts, 'find' | 'put' | 'interest'>;
  readonly maximumQuantity: () => number;
  /** Judges requests by their header; carts bear no tag. @default - carts may be held anywhere */
  readonly residency?: Pick<OrderResidency, 'requireHere'>;
}

const CART = /^\/carts\/([^/]{1,400})$/;
const INTEREST = /^\/interest\/([^/]{1,600})$/;

/**
 * `GET /carts/:customer`; `POST /carts/:customer` with `{ item, quantity }`, which sets the quantity and so needs no key;
 * `GET /interest/:item`, how often an item was put into a cart.
 */
export function cartRoutes({ carts, maximumQuantity, residency }: CartRoutesOptions): readonly Route[] {
  const routes: readonly Route[] = [
    {
      method: 'GET',
      pattern: CART,
      personal: true,
      handle: async request => ok(await carts.find(customerOf(request))),
    },
    {
      method: 'POST',
      pattern: CART,
      personal: true,
      priority: () => 'write',
      async handle(request) {
        const customer = customerOf(request);
        return ok(await carts.put(customer, parseLine(await request.json(), maximumQuantity())));
      },
    },
    {
      method: 'GET',
      pattern: INTEREST,
      async handle(request) {
        const item = parameterOf(request);
        return ok({ item, added: await carts.interest(item) });
      },
    },
  ];
  return withResidency(routes, residency);
}

const ok = (body: object): HttpAnswer => ({ status: 200, body });

/** A line of a cart is a line of an order, but for 0, which takes it out. */
function parseLine(body: unknown, maximumQuantity: number): { item: string; quantity: number } {
  const none = (body as { quantity?: unknown } | null)?.quantity === 0;
  const { item } = parseOrderRequest(none ? { ...(body as object), quantity: 1 } : body, maximumQuantity);
  return { item, quantity: none ? 0 : (body as { quantity: number }).quantity };
}

function customerOf(request: HttpRequest): string {
  const customer = parameterOf(request);
  if (LEDGER_NAME.test(customer)) return customer;
  const fix = 'give 1 to 128 letters, digits, dots, colons, hyphens';
  throw new HttpError(400, 'invalid-input', `${JSON.stringify(customer)} is not a customer; ${fix}`);
}

function parameterOf(request: HttpRequest): string {
  try {
    return decodeURIComponent(request.parameters[0] ?? '');
  } catch {
    throw new HttpError(400, 'invalid-input', 'the path is not encoded as a URL asks');
  }
}
