import type { DatabaseConnections } from '../../../lib/runtime/database/regional-database';
import { RegionalDatabase } from '../../../lib/runtime/database/regional-database';
import { silentLogger } from '../../../lib/runtime/telemetry/logger';

/** A host that is a primary, a replica or away, and knows its lag or not. */
class Host implements DatabaseConnections {
  state: 'primary' | 'replica' | 'away' = 'primary';
  lag: number | 'not offered' = 'not offered';
  recycled = 0;
  readonly work = this;
  readonly watch = this;

  constructor(readonly name: string) {}

  query: DatabaseConnections['query'] = async text => {
    if (this.state === 'away') throw new Error(`${this.name} is away`);
    if (text.includes('pg_is_in_recovery'))
      return { rows: [{ replica: this.state === 'replica' }], rowCount: 1 } as never;
    if (!text.includes('lag')) return { rows: [{ host: this.name }], rowCount: 1 } as never;
    if (this.lag === 'not offered') throw new Error('function does not exist');
    return { rows: [{ lag: this.lag }], rowCount: 1 } as never;
  };
  transaction: DatabaseConnections['transaction'] = () => Promise.reject(new Error('not used'));
  recycle() {
    this.recycled += 1;
  }
  async close() {}
}

function regional() {
  const writer = new Host('writer');
  const reader = new Host('reader');
  reader.state = 'replica';
  return { writer, reader, database: new RegionalDatabase([writer, reader], silentLogger) };
}
const answering = async (database: RegionalDatabase) =>
  (await database.query<{ host: string }>('SELECT 1')).rows[0]?.host;

test('before the first probe it takes no writes and says why', () => {
  expect(regional().database.status).toEqual({ writable: false, problem: 'the database was not probed yet' });
});

test('the writer endpoint comes first; while it is away the reader endpoint answers, without writes', async () => {
  const { writer, database } = regional();
  expect(await database.probe()).toEqual({ writable: true });
  writer.state = 'away';
  expect(await database.probe()).toEqual({ writable: false, lagSeconds: undefined });
  expect(await answering(database)).toBe('reader');
  writer.state = 'primary';
  expect(await database.probe()).toMatchObject({ writable: true });
  expect(await answering(database)).toBe('writer');
});

test('a changed role gets fresh connections, an unchanged one keeps them', async () => {
  const { writer, database } = regional();
  writer.state = 'replica';
  writer.lag = 0.4;
  expect(await database.probe()).toEqual({ writable: false, lagSeconds: 0.4 });
  await database.probe();
  expect(writer.recycled).toBe(0);
  writer.state = 'primary';
  await database.probe();
  expect(writer.recycled).toBe(1);
});

test('with every host away it tells the reason of the first', async () => {
  const { writer, reader, database } = regional();
  writer.state = 'away';
  reader.state = 'away';
  expect(await database.probe()).toEqual({ writable: false, problem: 'writer is away' });
});
