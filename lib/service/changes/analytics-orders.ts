import type { Columns } from '../../runtime/analytics/columns';

/**
 * Columns of the table `orders`, beside those of every change: give them to `ChangeFeed.addAnalytics` as `columns`, and
 * `orders` as `tableName`.
 */
export const ORDER_COLUMNS = {
  item: 'string',
  quantity: 'bigint',
  status: 'string',
  region: 'string',
  ledger: 'string',
} as const satisfies Columns;
