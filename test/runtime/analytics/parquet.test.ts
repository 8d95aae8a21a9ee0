import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { columnsOf } from '../../../lib/runtime/analytics/columns';
import { folderObjects } from '../../../lib/runtime/analytics/folder-objects';
import { parquetDelivery } from '../../../lib/runtime/analytics/parquet-delivery';
import { parquetFile } from '../../../lib/runtime/analytics/parquet-file';
import { s3Objects } from '../../../lib/runtime/analytics/s3-objects';
import type { PlacedChange } from '../../../lib/runtime/changes/change-log';
import { duck, parquetIn } from '../../helpers/duck';

jest.setTimeout(60_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-parquet-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const change = (position: number, at: string, after: Record<string, unknown>): PlacedChange => ({
  id: `c${position}`,
  entity: 'order',
  key: `o${position}`,
  type: 'inserted',
  epoch: 7,
  ...{ position, at, after },
});
const COLUMNS = { item: 'string', quantity: 'bigint', weight: 'double', open: 'boolean' } as const;
const BATCH = {
  name: '000000000001-000000000003-e7',
  changes: [
    change(1, '2026-01-01T23:59:59.999Z', { item: 'nüt', quantity: 3, weight: 1.5, open: true }),
    change(2, '2026-01-02T00:00:00.000Z', { item: 'bolt', quantity: 'many', open: null }),
    change(3, '2026-01-02T00:00:00.001Z', { quantity: 2 ** 53 - 1 }),
  ],
};

test('DuckDB reads a batch by day, with the types that Glue declares; what does not fit is null and stands in the image', async () => {
  const deliver = parquetDelivery({ objects: folderObjects(folder), columns: COLUMNS });
  await deliver(BATCH);
  expect(readdirSync(folder).sort()).toEqual(['day=2026-01-01', 'day=2026-01-02']);
  const rows = await duck(
    `SELECT day, entity_key, item, quantity, weight, open, changed_at, epoch, after_image FROM ${parquetIn(folder)}
      ORDER BY entity_key`,
  );
  expect(rows[0]).toEqual({
    ...{ day: '2026-01-01', entity_key: 'o1', item: 'nüt', quantity: 3, weight: 1.5, open: true, epoch: 7 },
    changed_at: '2026-01-01 23:59:59.999',
    after_image: expect.stringContaining('nüt'),
  });
  expect(rows[1]).toMatchObject({ day: '2026-01-02', quantity: null, open: null });
  expect(rows[1]?.after_image).toContain('"many"');
  expect(rows[2]).toMatchObject({ item: null, quantity: 2 ** 53 - 1 });
  const types = await duck(`DESCRIBE SELECT * EXCLUDE day FROM ${parquetIn(folder)}`);
  const DUCK = {
    VARCHAR: 'string',
    BIGINT: 'bigint',
    DOUBLE: 'double',
    BOOLEAN: 'boolean',
    TIMESTAMP: 'timestamp',
  };
  expect(
    Object.fromEntries(
      types.map(({ column_name, column_type }) => [column_name, DUCK[column_type as keyof typeof DUCK]]),
    ),
  ).toEqual(columnsOf(COLUMNS));
});

test('a batch that is delivered again replaces its own files by the same bytes', async () => {
  const deliver = parquetDelivery({ objects: folderObjects(folder), columns: COLUMNS });
  await deliver(BATCH);
  const file = path.join(folder, 'day=2026-01-02', `${BATCH.name}.parquet`);
  const before = readFileSync(file);
  await deliver(BATCH);
  expect(readFileSync(file).equals(before)).toBe(true);
  expect(await duck(`SELECT count(*) AS n FROM ${parquetIn(folder)}`)).toEqual([{ n: 3 }]);
});

test('a file that cannot be written leaves nothing behind, and the error tells', async () => {
  writeFileSync(path.join(folder, 'day=1'), 'a file where a folder should be');
  await expect(folderObjects(folder).put('day=1/a.parquet', new Uint8Array(1))).rejects.toThrow(
    /EEXIST|ENOTDIR/,
  );
  await folderObjects(folder).put('a/b', new Uint8Array([1]));
  await expect(folderObjects(folder).put('a', new Uint8Array([2]))).rejects.toThrow(
    /EISDIR|ENOTEMPTY|EEXIST/,
  );
  expect(readdirSync(folder).filter(name => name.startsWith('.'))).toEqual([]);
});

test('S3 is given the same bytes below its prefix', async () => {
  const puts: unknown[] = [];
  const send = async ({ input }: PutObjectCommand) => void puts.push([input.Bucket, input.Key, input.Body]);
  const client = { send } as unknown as S3Client;
  const bytes = await parquetFile([], columnsOf({}));
  await s3Objects({ region: 'us-east-2', bucket: 'b', prefix: 'rows', client }).put('day=1/a', bytes);
  await s3Objects({ region: 'us-east-2', bucket: 'b', prefix: '', client }).put('day=1/a', bytes);
  expect(puts).toEqual([
    ['b', 'rows/day=1/a', bytes],
    ['b', 'day=1/a', bytes],
  ]);
});

test('a call of S3 that hangs is given up, so that the worker can go on or stop', async () => {
  const send = (_: object, options?: { readonly abortSignal?: AbortSignal }) =>
    new Promise((_resolve, reject) => {
      options?.abortSignal?.addEventListener('abort', () => reject(new Error('aborted')));
    });
  const client = { send } as unknown as S3Client;
  const objects = s3Objects({ region: 'r', bucket: 'b', prefix: '', client, timeoutMilliseconds: 20 });
  await expect(objects.put('a', new Uint8Array())).rejects.toMatchObject({ code: 'unavailable' });
});
