import { verifyLedger } from '../../lib/drill';
import type { LedgerEntry } from '../../lib/drill/load/ledger';
import { HoldfastError } from '../../lib/errors';
import type { Outside } from '../../lib/ports';
import { HOST } from './fake-world';
import { Harness } from './harness';

interface Row {
  readonly id: string;
  readonly number: number;
  fulfilments: number;
}

const rows = (count: number): Row[] =>
  Array.from({ length: count }, (_none, index) => ({
    id: `o${index + 1}`,
    number: index + 1,
    fulfilments: 1,
  }));

const entries = (count: number): LedgerEntry[] =>
  Array.from({ length: count }, (_none, index) => ({
    number: index + 1,
    key: `k${index + 1}`,
    id: `o${index + 1}`,
    at: new Date(Date.UTC(2026, 10, 26, 10, 0, index)).toISOString(),
    epoch: 1,
    region: 'us-east-2',
  }));

/** The listing of the service: ordered by number, then id, with pages of `page` orders. */
function listing(orders: readonly Row[], page = 1000): Outside['request'] {
  return async request => {
    const query = new URL(request.path, 'http://x').searchParams;
    const after = Number(query.get('after'));
    const limit = Math.min(page, Number(query.get('limit')));
    const rest = orders
      .filter(order => order.number > after)
      .sort((a, b) => a.number - b.number || a.id.localeCompare(b.id));
    const shown = rest.slice(0, limit);
    const next = rest.length > limit ? (shown.at(-1)?.number ?? null) : null;
    return {
      status: 200,
      headers: {},
      body: JSON.stringify({ orders: shown.map(order => ({ ...order, status: 'fulfilled' })), next }),
    };
  };
}

const verify = (
  request: Outside['request'],
  count: number,
  more: { entries?: LedgerEntry[]; fencedAt?: string } = {},
) => {
  const harness = new Harness();
  const { context } = harness.process();
  const outside: Outside = { ...context.outside, request };
  return verifyLedger({ ...context, outside }, HOST, { id: 'load', entries: entries(count), ...more });
};

describe('the ledger against the service', () => {
  test('everything there, once', async () => {
    expect(await verify(listing(rows(25), 10), 25)).toEqual({
      acknowledged: 25,
      lost: 0,
      duplicateEffects: 0,
      unfulfilled: 0,
      rpoSeconds: 0,
      complete: true,
    });
  });

  test('acknowledged and gone is lost; the RPO goes from the first to the last acknowledgement of its epoch', async () => {
    const kept = rows(25).filter(order => order.number < 20 || order.number > 23);
    expect(await verify(listing(kept), 25)).toMatchObject({ lost: 4, rpoSeconds: 5 });
  });

  test('a single lost write has an RPO too', async () => {
    const kept = rows(25).filter(order => order.number !== 20);
    expect(await verify(listing(kept), 25)).toMatchObject({ lost: 1, rpoSeconds: 5 });
  });

  test('acknowledgements of a newer epoch do not count towards the RPO', async () => {
    const kept = rows(25).filter(order => order.number !== 20);
    const ledger = entries(25).map(entry => (entry.number > 22 ? { ...entry, epoch: 2 } : entry));
    expect(await verify(listing(kept), 25, { entries: ledger })).toMatchObject({ lost: 1, rpoSeconds: 2 });
  });

  test('the last acknowledgement of all, lost, is counted up to the fence', async () => {
    const kept = rows(25).filter(order => order.number !== 25);
    const fencedAt = new Date(Date.UTC(2026, 10, 26, 10, 0, 24, 700)).toISOString();
    expect(await verify(listing(kept), 25, { fencedAt })).toMatchObject({ lost: 1, rpoSeconds: 0.7 });
  });

  test('the same number under another id is lost all the same', async () => {
    const changed = rows(5).map(order => (order.number === 3 ? { ...order, id: 'other' } : order));
    expect(await verify(listing(changed), 5)).toMatchObject({ lost: 1 });
  });

  test.each([2, 3, 4, 5, 10])('two orders of one number are seen across pages of %i', async page => {
    const twice = [
      ...rows(12),
      { id: 'x4', number: 4, fulfilments: 1 },
      { id: 'x8', number: 8, fulfilments: 1 },
    ];
    expect(await verify(listing(twice, page), 12)).toMatchObject({ duplicateEffects: 2, lost: 0 });
  });

  test('an order fulfilled twice is a duplicate effect', async () => {
    const orders = rows(5);
    (orders[2] as Row).fulfilments = 2;
    expect(await verify(listing(orders), 5)).toMatchObject({ duplicateEffects: 1 });
  });

  test('waits until every order is fulfilled', async () => {
    const orders = rows(5).map(order => ({ ...order, fulfilments: 0 }));
    let looks = 0;
    const verdict = await verify(request => {
      looks++;
      if (looks === 4) for (const order of orders) order.fulfilments = 1;
      return listing(orders)(request);
    }, 5);
    expect(verdict).toMatchObject({ unfulfilled: 0, complete: true });
    expect(looks).toBe(4);
  });

  test('says how many are not fulfilled when the wait is over', async () => {
    const orders = rows(5).map(order => ({ ...order, fulfilments: order.number > 3 ? 0 : 1 }));
    expect(await verify(listing(orders), 5)).toMatchObject({ unfulfilled: 2 });
  });

  test('a service that cannot be read is incomplete, not clean and not lost', async () => {
    const verdict = await verify(async () => {
      throw new HoldfastError('unavailable', 'no answer');
    }, 5);
    expect(verdict).toMatchObject({ complete: false, acknowledged: 5 });
  });
});
