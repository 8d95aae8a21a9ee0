import type { Columns } from '../../runtime/analytics/columns';

/** Columns of the table `orders`, beside those of every change: what workers write and what the data stack declares. */
export const ORDER_COLUMNS = {
  item: 'string',
  quantity: 'bigint',
  status: 'string',
  region: 'string',
  ledger: 'string',
} as const satisfies Columns;
