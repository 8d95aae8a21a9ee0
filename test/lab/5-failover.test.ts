import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { type LedgerEntry, readLedger } from '../../lib/drill';
import { strikeLab } from '../../lib/lab';
import { runCli } from '../helpers/cli';
import { ROOT } from '../helpers/sources';
import { connect, eventually, healthy, order, SEED, STANDBY, status } from './lab';

const DRILLS = path.join(ROOT, 'out', 'drills');

interface Report {
  readonly id: string;
  readonly outcome: string;
  readonly timeScale: number;
  readonly objectives: { readonly rpoSeconds: number };
  readonly rtoSeconds: number | null;
  readonly rpoSeconds: number | null;
  readonly lagSeconds: number | null;
  readonly writes: {
    readonly acknowledged: number;
    readonly lost: number;
    readonly duplicateEffects: number;
    readonly unfulfilled: number;
    readonly refusedSeconds: number | null;
  };
  readonly forbiddenCalls: readonly unknown[];
  readonly calls: readonly { readonly region: string; readonly action: string }[];
}

async function drill(...words: string[]): Promise<{ report: Report; exitCode: number | null }> {
  const { exitCode, stdout, stderr } = await runCli(['drill', ...words, '--json']);
  if (stdout === '') throw new Error(stderr);
  return { report: JSON.parse(stdout) as Report, exitCode };
}

const activeRegion = async () => (await status()).register?.record.region ?? '';

/** The newest ledger that a load left. */
function newestLedger(): readonly LedgerEntry[] {
  const [file] = readdirSync(DRILLS)
    .filter(name => name.endsWith('.ledger.jsonl'))
    .sort()
    .slice(-1);
  return file === undefined ? [] : readLedger(path.join(DRILLS, file));
}

async function orderThere(region: string, id: string): Promise<boolean> {
  const { addresses, entries } = connect();
  const answer = await fetch(`http://${addresses[region]}:${entries.service.port}/orders/${id}`, {
    headers: { 'cache-control': 'no-cache' },
  });
  await answer.arrayBuffer();
  return answer.status === 200;
}

beforeEach(healthy);

test('a Region is lost with what it had not sent: the standby takes over, and every lost write that is repeated is made again', async () => {
  const lostRegion = await activeRegion();
  const to = lostRegion === SEED ? STANDBY : SEED;
  const { report } = await drill('game-day', 'lossy-region-loss', '--to', to, '--rate', '30');
  expect(report).toMatchObject({
    mode: 'failover',
    outcome: 'done',
    from: lostRegion,
    to,
    forbiddenCalls: [],
  });
  expect(report.writes).toMatchObject({ duplicateEffects: 0, unfulfilled: 0 });
  // Two seconds of writes that never reached the standby.
  expect(report.writes.lost).toBeGreaterThan(30);
  // From the first look to the last nothing is asked of the Region that is lost, save by the preflight of the game day.
  const moving = report.calls.slice(report.calls.findIndex(call => call.action === 'FailoverGlobalCluster'));
  expect(new Set(moving.map(call => call.region))).toEqual(new Set([to]));
  expect(existsSync(path.join(DRILLS, report.id, 'report.html'))).toBe(true);

  const lost: LedgerEntry[] = [];
  for (const entry of newestLedger()) if (!(await orderThere(to, entry.id))) lost.push(entry);
  expect(lost).toHaveLength(report.writes.lost);
  for (const { key, number, id } of lost.slice(0, 5)) {
    const ledger = key.slice(0, key.lastIndexOf('-'));
    const body = { item: 'load', quantity: 1, ledger, number };
    const again = await order(to, key, body);
    expect([again.status, again.headers.get('idempotent-replay')]).toEqual([201, null]);
    expect(again.body.id).not.toBe(id);
    const replayed = await order(to, key, body);
    expect([replayed.status, replayed.headers.get('idempotent-replay')]).toEqual([201, 'true']);
    expect(replayed.body.id).toBe(again.body.id);
    await eventually('the order made again to be fulfilled', async () => {
      const { addresses, entries } = connect();
      const found = await fetch(`http://${addresses[to]}:${entries.service.port}/orders/${again.body.id}`, {
        headers: { 'cache-control': 'no-cache' },
      });
      return ((await found.json()) as { fulfilments: number }).fulfilments === 1;
    });
  }
});

test('the lost Region comes back and is failed back to, with the worker killed between sending and fulfilling: nothing is stranded', async () => {
  const from = await activeRegion();
  const to = from === SEED ? STANDBY : SEED;
  const killing = new AbortController();
  const killer = (async () => {
    while (!killing.signal.aborted) {
      await strikeLab(ROOT, { action: 'kill', target: 'worker', region: from }).catch(() => undefined);
      await new Promise(resolve => setTimeout(resolve, 700));
    }
  })();
  try {
    const { report, exitCode } = await drill('failback', '--to', to, '--rate', '30');
    expect(report).toMatchObject({ mode: 'failback', outcome: 'done', to });
    expect(report.writes).toMatchObject({ lost: 0, duplicateEffects: 0, unfulfilled: 0 });
    expect(exitCode).toBe(0);
  } finally {
    killing.abort();
    await killer;
  }
  await healthy();
});

if (process.env.HOLDFAST_PROVE === '1') {
  test('twenty moves in a row under load: switchover, failover with the active Region killed outright, failback', async () => {
    const modes = ['switchover', 'failover', 'failback'] as const;
    for (let move = 0; move < 20; move += 1) {
      await healthy();
      const mode = modes[move % modes.length] as (typeof modes)[number];
      const from = await activeRegion();
      const to = from === SEED ? STANDBY : SEED;
      const words = mode === 'failover' ? ['game-day', 'region-loss'] : [mode];
      const { report } = await drill(...words, '--to', to, '--rate', '30');
      const { acknowledged, lost, refusedSeconds } = report.writes;
      const there: boolean[] = [];
      for (const { id } of newestLedger()) there.push(await orderThere(to, id));
      const figures = `RTO ${report.rtoSeconds?.toFixed(1)} s, paused ${refusedSeconds?.toFixed(1)} s, lag ${report.lagSeconds} s`;
      process.stderr.write(
        `${move + 1} ${mode} to ${to}: ${figures}, ${acknowledged} acknowledged, ${lost} lost\n`,
      );
      expect(report).toMatchObject({ mode, outcome: 'done', from, to, forbiddenCalls: [] });
      expect(report.writes).toMatchObject({ duplicateEffects: 0, unfulfilled: 0, unacknowledged: 0 });
      // What the report counts is what a client that asks for each order finds.
      expect(there).toHaveLength(acknowledged);
      expect(there.filter(found => !found)).toHaveLength(lost);
      if (mode !== 'failover') expect(lost).toBe(0);
      else expect(report.rpoSeconds).toBeLessThanOrEqual(report.objectives.rpoSeconds / report.timeScale);
    }
  }, 1_200_000);
}
