import { formatWatched, judge } from '../../lib/cli/game-day-watch';

const CARRIED = {
  region: { before: 'us-east-2', after: 'us-east-2' },
  epoch: { before: 1, after: 1 },
  writes: { acknowledged: 300, unacknowledged: 0, refusedSeconds: 0.4, failed: 2, total: 310 },
  ledger: { complete: true, lost: 0, duplicateEffects: 0, unfulfilled: 0 },
} as unknown as Parameters<typeof judge>[0];

test('an application that carried the fault missed nothing', () => {
  expect(judge(CARRIED)).toEqual([]);
  expect(formatWatched('zone-loss', { ...CARRIED, missed: [] })).toContain('carried; nothing moved');
});

test.each<[string, object, RegExp]>([
  [
    'the name moved',
    { region: { before: 'us-east-2', after: 'us-west-2' } },
    /moved from us-east-2 to us-west-2/,
  ],
  ['the epoch moved', { epoch: { before: 1, after: 2 } }, /moved/],
  ['nothing was written', { writes: { ...CARRIED.writes, acknowledged: 0 } }, /no write was acknowledged/],
  ['writes paused', { writes: { ...CARRIED.writes, refusedSeconds: 5.1 } }, /paused for 5\.1 s/],
  [
    'writes did not come back',
    { writes: { ...CARRIED.writes, refusedSeconds: null } },
    /as long as was looked/,
  ],
  [
    'writes were never taken',
    { writes: { ...CARRIED.writes, unacknowledged: 3 } },
    /3 writes were never acknowledged/,
  ],
  ['writes are lost', { ledger: { ...CARRIED.ledger, lost: 1 } }, /1 acknowledged writes are lost/],
  ['effects are doubled', { ledger: { ...CARRIED.ledger, duplicateEffects: 1 } }, /1 duplicate/],
  ['orders stay open', { ledger: { ...CARRIED.ledger, unfulfilled: 2 } }, /2 orders are not fulfilled/],
  [
    'the ledger was not read to its end',
    { ledger: { ...CARRIED.ledger, complete: false } },
    /unknown is not clean/,
  ],
])('%s: it is missed, and told', (_what, change, told) => {
  const seen = { ...CARRIED, ...change } as typeof CARRIED;
  const missed = judge(seen);
  expect(missed).toEqual([expect.stringMatching(told)]);
  expect(formatWatched('zone-loss', { ...seen, missed })).toContain(`MISSED: ${missed[0]}`);
});
