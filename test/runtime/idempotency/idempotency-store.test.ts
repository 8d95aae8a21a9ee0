// One contract, two adapters: a real PostgreSQL, and a table that enforces conditions as DynamoDB does.
import type { Queryable } from '../../../lib/runtime/database/database';
import { PostgresPool } from '../../../lib/runtime/database/postgres-pool';
import { DynamoIdempotency, type ItemEffects } from '../../../lib/runtime/idempotency/dynamo-idempotency';
import type { IdempotencyStore, IdempotentCall } from '../../../lib/runtime/idempotency/idempotency-store';
import { postgresIdempotency } from '../../../lib/runtime/idempotency/postgres-idempotency';
import { silentLogger } from '../../../lib/runtime/telemetry/logger';
import { ensureSchema } from '../../../lib/service/schema';
import { startDatabase, type TestDatabase } from '../../helpers/postgres';
import { SimulatedTables, TableError } from '../../helpers/simulated-tables';

jest.setTimeout(120_000);

const CALL: IdempotentCall = { scope: 's', key: 'k', request: { a: 1, b: [2] }, ttlSeconds: 60 };
const REGION = 'us-east-2';

/** A store, how its effect writes one row, and how time passes for its records. */
interface Subject {
  readonly store: IdempotencyStore<never>;
  readonly write: (effects: never) => Promise<void>;
  readonly effects: () => Promise<number>;
  readonly age: (seconds: number) => Promise<void>;
}

let database: TestDatabase;
let pool: PostgresPool;

beforeAll(async () => {
  database = await startDatabase([REGION]);
  const settings = database.settings(REGION);
  const { host } = settings;
  pool = new PostgresPool({ settings, host, region: REGION, applicationName: 'test', logger: silentLogger });
  await ensureSchema(pool);
  await pool.query('CREATE TABLE rows_written (at timestamptz DEFAULT now())');
});
afterAll(async () => {
  await pool.close();
  await database.stop();
});

async function postgres(): Promise<Subject> {
  await pool.query('TRUNCATE rows_written, idempotency_keys');
  return {
    store: postgresIdempotency(work => pool.transaction(work)) as IdempotencyStore<never>,
    write: async effects =>
      void (await (effects as Queryable).query('INSERT INTO rows_written DEFAULT VALUES')),
    effects: async () => (await pool.query('SELECT FROM rows_written')).rowCount,
    age: async seconds =>
      void (await pool.query(
        'UPDATE idempotency_keys SET expires_at = expires_at - make_interval(secs => $1)',
        [seconds],
      )),
  };
}

/** DynamoDB as `faults` has it: each call may fail before or after it took effect. */
function dynamo(faults: Array<'before' | 'after' | undefined> = []) {
  const tables = new SimulatedTables({ keys: ['key_hash'], rows: ['id'] });
  let now = Date.UTC(2026, 0, 1);
  let made = 0;
  const send = async (command: object) => {
    const fault = faults.shift();
    if (fault === 'before') throw new Error('no answer');
    await Promise.resolve();
    const answer = tables.run(command);
    if (fault === 'after') throw new Error('no answer');
    return answer;
  };
  const store = new DynamoIdempotency({
    client: { send } as never,
    table: 'keys',
    clock: { now: () => new Date(now) },
    makeToken: () => `t${made++}`,
  });
  const write = (effects: ItemEffects): void =>
    effects.write({ Put: { TableName: 'rows', Item: { id: { S: String(made++) } } } });
  const age = (seconds: number): void => {
    now += seconds * 1000;
  };
  return { tables, store, write, age, rows: () => tables.items('rows').length };
}

async function dynamoSubject(): Promise<Subject> {
  const { store, write, age, rows } = dynamo();
  return {
    store: store as unknown as IdempotencyStore<never>,
    write: async effects => write(effects as ItemEffects),
    effects: async () => rows(),
    age: async seconds => age(seconds),
  };
}

describe.each([
  ['PostgreSQL', postgres],
  ['DynamoDB', dynamoSubject],
])('idempotency in %s', (_name, make) => {
  const once = (subject: Subject, call: Partial<IdempotentCall> = {}, response: unknown = { id: 'first' }) =>
    subject.store.once({ ...CALL, ...call }, async effects => {
      await subject.write(effects);
      return response;
    });

  test('an effect happens once, and its answer is repeated to the letter', async () => {
    const subject = await make();
    const response = { z: 1, a: [null, 'é'] };
    expect(await once(subject, {}, response)).toEqual({ response, replayed: false });
    const again = await once(subject, {}, { other: true });
    expect(JSON.stringify(again)).toBe(JSON.stringify({ response, replayed: true }));
    expect(await subject.effects()).toBe(1);
  });

  test('the order of fields does not matter; another request under the key is refused and writes nothing', async () => {
    const subject = await make();
    await once(subject);
    await expect(once(subject, { request: { b: [2], a: 1 } })).resolves.toMatchObject({ replayed: true });
    await expect(once(subject, { request: { a: 2, b: [2] } })).rejects.toMatchObject({ code: 'key-reused' });
    expect(await subject.effects()).toBe(1);
  });

  test('equal keys of two scopes never meet, whatever they hold', async () => {
    const subject = await make();
    await once(subject, { scope: 'a', key: 'b,c' });
    await expect(once(subject, { scope: 'a,b', key: 'c' })).resolves.toMatchObject({ replayed: false });
    expect(await subject.effects()).toBe(2);
  });

  test('a key that has expired is free again although its record is still there', async () => {
    const subject = await make();
    await once(subject);
    await subject.age(59);
    await expect(once(subject)).resolves.toMatchObject({ replayed: true });
    await subject.age(2);
    await expect(once(subject, { request: 'other' }, 'second')).resolves.toMatchObject({ replayed: false });
    expect(await subject.effects()).toBe(2);
  });

  test('an effect that fails leaves no record, and the next call is the first', async () => {
    const subject = await make();
    const failing = subject.store.once(CALL, async effects => {
      await subject.write(effects);
      throw new Error('broken');
    });
    await expect(failing).rejects.toThrow('broken');
    await expect(once(subject)).resolves.toMatchObject({ replayed: false });
    expect(await subject.effects()).toBe(1);
  });

  test('of many at the same time one takes effect, and all who are answered get its answer', async () => {
    const subject = await make();
    const calls = await Promise.all(Array.from({ length: 8 }, (_, number) => once(subject, {}, { number })));
    expect(new Set(calls.map(({ response }) => JSON.stringify(response))).size).toBe(1);
    expect(calls.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await subject.effects()).toBe(1);
  });
});

describe('DynamoDB', () => {
  const once = ({ store, write }: ReturnType<typeof dynamo>, response: unknown = 'first') =>
    store.once(CALL, async effects => {
      write(effects);
      return response;
    });

  test('a lost answer of the transaction is settled by its token', async () => {
    const world = dynamo([undefined, 'after']);
    expect(await once(world)).toEqual({ response: 'first', replayed: false });
    expect(await once(world)).toEqual({ response: 'first', replayed: true });
    expect(world.rows()).toBe(1);
  });

  test('two lost answers are settled by reading: the record tells its own token', async () => {
    const world = dynamo([undefined, 'after', 'after']);
    expect(await once(world)).toEqual({ response: 'first', replayed: false });
    expect(world.rows()).toBe(1);
  });

  test('what nobody can tell is told as unknown, and the next call finds out', async () => {
    const world = dynamo([undefined, 'before', 'before']);
    await expect(once(world)).rejects.toMatchObject({ code: 'unavailable' });
    expect(world.rows()).toBe(0);
    expect(await once(world, 'second')).toEqual({ response: 'second', replayed: false });
  });

  test('a condition of the effect that does not hold is a conflict, and nothing is written', async () => {
    const { store, tables } = dynamo();
    const Key = { id: { S: 'absent' } };
    const refused = store.once(CALL, async effects => {
      effects.write({
        ConditionCheck: { TableName: 'rows', Key, ConditionExpression: 'attribute_exists(id)' },
      });
      return null;
    });
    await expect(refused).rejects.toMatchObject({ code: 'conflict' });
    expect(tables.items('keys')).toEqual([]);
  });

  test('an effect of more items than a transaction takes is refused', async () => {
    const { store, write } = dynamo();
    const many = store.once(CALL, async effects => {
      for (let number = 0; number < 100; number += 1) write(effects);
    });
    await expect(many).rejects.toMatchObject({ code: 'invalid-input' });
  });

  test('neither key nor request is kept, only their hashes; time to live has its attribute', async () => {
    const world = dynamo();
    await once(world);
    const [record] = world.tables.items('keys');
    expect(record).toEqual({
      key_hash: { S: expect.stringMatching(/^[0-9a-f]{64}$/) },
      request_hash: { S: expect.stringMatching(/^[0-9a-f]{64}$/) },
      response: { S: '"first"' },
      token: { S: 't1' },
      expires_at: { N: String(Date.UTC(2026, 0, 1) / 1000 + 60) },
    });
  });

  test('what DynamoDB refuses for good is told as it is', async () => {
    const send = async (command: object) => {
      if (command.constructor.name === 'GetItemCommand') return {};
      throw new TableError('TransactionCanceledException', [{ Code: 'None' }, { Code: 'ValidationError' }]);
    };
    const clock = { now: () => new Date(0) };
    const store = new DynamoIdempotency({
      client: { send } as never,
      table: 'k',
      clock,
      makeToken: () => 't',
    });
    await expect(store.once(CALL, async () => null)).rejects.toMatchObject({
      name: 'TransactionCanceledException',
    });
  });
});
