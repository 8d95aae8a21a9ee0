import type { Duration } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { assertRules, matching, wholeNumber } from '../validation';
import type { StreamSource } from './stream-source';

/** Types of the columns that are taken out of the images. */
export type AnalyticsColumnType = 'string' | 'bigint' | 'double' | 'boolean';

/** What may be chosen about an analytics feed. */
export interface AnalyticsFeedOptions {
  /** Name of the table, and of its database with `_changes` behind it: lower-case letters, digits and underscores. */
  readonly tableName: string;
  /**
   * Attributes that become columns of their own, by their names in the image. A change always has `change_id`,
   * `entity`, `entity_key`, `change_type`, `changed_at`, `epoch`, `before_image` and `after_image`.
   * @default - none
   */
  readonly columns?: Readonly<Record<string, AnalyticsColumnType>>;
  /**
   * How long rows are gathered before a file is written, 1 to 15 minutes, in whole seconds; how old a report is.
   * @default Duration.minutes(5)
   */
  readonly freshness?: Duration;
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
   * Code of the handler, with `index.handler`.
   * @default - the handler built by `npm run build`
   */
  readonly handlerCode?: Code;
}

/** Properties of an {@link AnalyticsFeed}. */
export interface AnalyticsFeedProps extends AnalyticsFeedOptions {
  /** Where the changes come from: a stream of a table, or the Kinesis stream of an outbox. */
  readonly source: StreamSource;
}

/** Columns of every change. */
export const CHANGE_COLUMNS: Readonly<Record<string, string>> = {
  change_id: 'string',
  entity: 'string',
  entity_key: 'string',
  change_type: 'string',
  changed_at: 'timestamp',
  epoch: 'bigint',
  before_image: 'string',
  after_image: 'string',
};

/** The column by which the files are parted. */
export const PARTITION = 'day';

/**
 * @param construct class name and path
 * @throws HoldfastError `invalid-input` with every wrong value
 */
export function validateAnalyticsFeed(construct: string, props: AnalyticsFeedOptions): void {
  const names = Object.keys(props.columns ?? {});
  const lower = names.map(name => name.toLowerCase());
  assertRules(construct, [
    matching('tableName', props.tableName, /^[a-z][a-z0-9_]{0,99}$/, 'use lower-case letters, digits and _'),
    matching(
      'since',
      props.since ?? '2026-01-01',
      /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
      'use YYYY-MM-DD',
    ),
    wholeNumber('freshness (seconds)', props.freshness?.toSeconds() ?? 300, 60, 900),
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
  ]);
}
