import { randomUUID } from 'node:crypto';
import { CustomerOrders } from './customer-orders';
import { withCustomers } from './customer-routes';
import type { Route } from './http-types';
import type { Parts } from './parts';
import { StockReads } from './stock-reads';
import { stockRoutes } from './stock-routes';

/** The routes of a clone that takes customers' orders as well: those of stock, and those of orders, widened. */
export function customerRoutes(parts: Parts, routes: readonly Route[]): readonly Route[] {
  const { environment, activation, fenced, config, database } = parts;
  const { application, region } = environment;
  const idempotencySeconds = () => config.value.idempotencyHours * 3600;
  const reads = new StockReads(database);
  const shared = { application, activation, fenced, idempotencySeconds };
  const orders = new CustomerOrders({ ...shared, region, makeId: randomUUID });
  const maximumQuantity = () => config.value.maximumQuantity;
  return [...stockRoutes({ ...shared, reads }), ...withCustomers(routes, { orders, reads, maximumQuantity })];
}
