import { RuntimeError, reasonOf } from '../errors';
import type { StreamAnswer, StreamRecord } from '../stream/stream-batch';
import type { Logger } from '../telemetry/logger';
import { type Change, changeOf } from './change';

/** One row of the analytics table: flat, so that any reader of Parquet can use it. */
export type Row = Readonly<Record<string, string | number | boolean | null>>;

/** Takes rows; rejects when not all of them were taken. It may take a row twice. */
export type Deliver = (rows: readonly Row[]) => Promise<void>;

/** How changes become rows. */
export interface AnalyticsFeedOptions {
  readonly deliver: Deliver;
  /** Names of the attributes that are columns of their own. */
  readonly columns: readonly string[];
  readonly logger: Logger;
}

/** Most rows of one delivery: what a batch of Firehose holds. */
const MOST_ROWS = 500;

/**
 * Delivers the changes of a batch as rows, in order, and says from which record on to begin again. A row may come
 * twice; its `change_id` says so.
 *
 * @throws RuntimeError `invalid-input` when the record that failed has no place, which fails the whole batch on purpose
 */
export async function feedBatch(
  records: readonly StreamRecord[],
  { deliver, columns, logger }: AnalyticsFeedOptions,
): Promise<StreamAnswer> {
  for (let start = 0; start < records.length; start += MOST_ROWS) {
    const chunk = records.slice(start, start + MOST_ROWS);
    const { rows, problem } = readRows(chunk, columns);
    try {
      if (rows.length > 0) await deliver(rows);
    } catch (error) {
      logger.warn('rows.not-delivered', { rows: rows.length, reason: reasonOf(error) });
      return failureAt(chunk[0]);
    }
    if (problem !== undefined) {
      logger.warn('record.failed', { sequenceNumber: chunk[rows.length]?.sequenceNumber, reason: problem });
      return failureAt(chunk[rows.length]);
    }
  }
  return { batchItemFailures: [] };
}

/** The rows before the first record that tells of no change, and why that one does not. */
function readRows(records: readonly StreamRecord[], columns: readonly string[]) {
  const rows: Row[] = [];
  for (const record of records) {
    try {
      rows.push(rowOf(changeOf(record.read()), columns));
    } catch (error) {
      return { rows, problem: reasonOf(error) };
    }
  }
  return { rows };
}

/** A change as a row: what every change has, the columns asked for, and both images whole, as JSON. */
export function rowOf(change: Change, columns: readonly string[]): Row {
  const image = change.after ?? change.before ?? {};
  const own = columns.map(name => [name.toLowerCase(), cell(image[name])] as const);
  return {
    ...Object.fromEntries(own),
    change_id: change.id,
    entity: change.entity,
    entity_key: change.key,
    change_type: change.type,
    changed_at: change.at.replace('T', ' ').replace('Z', ''),
    epoch: change.epoch ?? null,
    before_image: change.before === undefined ? null : JSON.stringify(change.before),
    after_image: change.after === undefined ? null : JSON.stringify(change.after),
  };
}

function cell(value: unknown): string | number | boolean | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : (value as string | number | boolean);
}

function failureAt(record: StreamRecord | undefined): StreamAnswer {
  if (record === undefined || record.sequenceNumber === '') {
    throw new RuntimeError(
      'invalid-input',
      'the record that failed has no sequence number, so the whole batch fails',
    );
  }
  return { batchItemFailures: [{ itemIdentifier: record.sequenceNumber }] };
}
