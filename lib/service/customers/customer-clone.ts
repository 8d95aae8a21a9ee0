import { randomUUID } from 'node:crypto';
import type { Route } from '../http/http-types';
import type { Parts } from '../parts';
import { withResidency } from '../residency/residency-routes';
import { StockReads } from '../stock/stock-reads';
import { stockRoutes } from '../stock/stock-routes';
import { CustomerOrders } from './customer-orders';
import { withCustomers } from './customer-routes';

/** The routes of a clone that takes customers' orders as well: those of stock, and those of orders, widened. */
export function customerRoutes(parts: Parts, routes: readonly Route[]): readonly Route[] {
  const { environment, activation, fenced, config, database, residency } = parts;
  const { application, region } = environment;
  const idempotencySeconds = () => config.value.idempotencyHours * 3600;
  const reads = new StockReads(database, residency);
  const shared = { application, activation, fenced, idempotencySeconds };
  const orders = new CustomerOrders({ ...shared, region, makeId: randomUUID });
  const maximumQuantity = () => config.value.maximumQuantity;
  const ofOrders = withCustomers(routes, { orders, reads, maximumQuantity });
  return [...stockRoutes({ ...shared, reads }), ...withResidency(ofOrders, residency)];
}
