import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CHANGE_COLUMNS, type ColumnType, PARTITION } from '../../lib/runtime/analytics/columns';
import { assertRules, matching, type Rule, wholeNumber } from '../validation';

/** Types of the columns that are taken out of the images. */
export type AnalyticsColumnType = Exclude<ColumnType, 'timestamp'>;

/** What may be chosen about a table of changes. */
export interface AnalyticsTableOptions {
  /** Name of the table: lower-case letters, digits and underscores. */
  readonly tableName: string;
  /**
   * Name of its database, one of a kind in account and Region.
   * @default - the name of the table with `_changes` behind it
   */
  readonly databaseName?: string;
  /**
   * Attributes that become columns of their own, by their names in the image. A change always has `change_id`,
   * `entity`, `entity_key`, `change_type`, `changed_at`, `epoch`, `before_image` and `after_image`.
   * @default - none
   */
  readonly columns?: Readonly<Record<string, AnalyticsColumnType>>;
  /**
   * First day of which there is data, as `2026-01-01`; queries look no further back.
   * @default '2026-01-01'
   */
  readonly since?: string;
  /**
   * Most data that one query may scan, in GiB, 1 to 10240; a query that would scan more is cancelled.
   * @default 100
   */
  readonly mostScannedGiB?: number;
  /**
   * Key of this Region that encrypts the rows and the results of queries.
   * @default - a key of S3
   */
  readonly encryptionKey?: IKey;
}

/** Properties of an {@link AnalyticsTable}. */
export interface AnalyticsTableProps extends AnalyticsTableOptions {}

const NAME = /^[a-z][a-z0-9_]{0,99}$/;
const NAME_FIX = 'use lower-case letters, digits and _';

/** Rules for a table of changes. */
export function analyticsTableRules(props: AnalyticsTableOptions): readonly Rule[] {
  const names = Object.keys(props.columns ?? {});
  const lower = names.map(name => name.toLowerCase());
  return [
    matching('tableName', props.tableName, NAME, NAME_FIX),
    props.databaseName !== undefined && matching('databaseName', props.databaseName, NAME, NAME_FIX),
    matching(
      'since',
      props.since ?? '2026-01-01',
      /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
      'use YYYY-MM-DD',
    ),
    wholeNumber('mostScannedGiB', props.mostScannedGiB ?? 100, 1, 10_240),
    ...names.flatMap((name, index) => [
      matching(`columns.${name}`, name, /^[A-Za-z][A-Za-z0-9_]{0,99}$/, 'use letters, digits and _'),
      (name.toLowerCase() in CHANGE_COLUMNS || name.toLowerCase() === PARTITION) && {
        path: `columns.${name}`,
        received: name,
        message: 'a column that every change has already',
        fix: 'leave it out, or give the attribute another name',
      },
      lower.indexOf(name.toLowerCase()) !== index && {
        path: `columns.${name}`,
        received: name,
        message: 'differs from another column by its case alone, which Athena does not see',
        fix: 'leave one of them out',
      },
    ]),
  ];
}

/**
 * @param construct class name and path
 * @throws HoldfastError `invalid-input` with every wrong value
 */
export function validateAnalyticsTable(construct: string, props: AnalyticsTableOptions): void {
  assertRules(construct, analyticsTableRules(props));
}
