import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type DrillContext, resumeDrill, runDrill, startLoad } from '../../lib/drill';
import type { CloudCall } from '../../lib/ports';
import { HOST, WEST } from './fake-world';
import { errorOf, Harness, SETTINGS, stopAt } from './harness';

function withLoad(harness: Harness, id = 'load-1'): DrillContext {
  const { context } = harness.process();
  const { outside, clock, entries, random } = context;
  const load = startLoad({
    outside,
    clock,
    random,
    id,
    host: HOST,
    entry: entries.service,
    reads: 0,
  });
  return { ...context, load };
}

describe('the evidence of a drill under load', () => {
  test('counts what clients saw, by phase, and compares the ledger with the service', async () => {
    const harness = new Harness();
    const context = withLoad(harness);
    await harness.clock.sleep(1000);
    const { report, exitCode } = await runDrill(context, { to: WEST });
    expect(exitCode).toBe(0);
    expect(report.writes).toMatchObject({ lost: 0, duplicateEffects: 0, unfulfilled: 0 });
    expect(report.writes.acknowledged).toBeGreaterThan(100);
    // Writes stop with the fence and start again with the activation: lease wait and promotion lie between.
    expect(report.writes.refusedSeconds).toBeGreaterThan(4);
    expect(report.writes.refusedSeconds).toBeLessThan(report.rtoSeconds ?? 0);
    expect(report.rpoSeconds).toBe(0);
    const failedIn = (name: string) =>
      report.phases.find(phase => phase.name === name)?.requests?.failed ?? 0;
    expect(failedIn('preflight')).toBe(0);
    expect(failedIn('promotion')).toBeGreaterThan(50);
    expect(failedIn('settle')).toBe(0);
    const sum = report.phases.reduce((total, phase) => total + (phase.requests?.failed ?? 0), 0);
    expect(sum).toBe(report.requests.failed);
  });

  test('an acknowledged write that the new Region does not show fails the drill', async () => {
    const harness = new Harness();
    const context = withLoad(harness);
    await harness.clock.sleep(500);
    harness.journals.onAppend = (_count, line) => {
      if (line.includes('"step-end"') && line.includes('"verify"')) harness.world.loseOrders(3);
    };
    const { report, exitCode } = await runDrill(context, { to: WEST });
    expect(report.outcome).toBe('done');
    expect(report.writes.lost).toBe(3);
    expect(report.missed).toEqual(['3 acknowledged writes are lost; a switchover loses none']);
    expect(exitCode).toBe(2);
  });

  test('a phase over its line by more than it is measured finely fails the drill', async () => {
    const harness = new Harness();
    const switchover = SETTINGS.budgets.switchover.map(line =>
      line.phase === 'promotion' ? { ...line, seconds: 20 } : line,
    );
    const budgets = { ...SETTINGS.budgets, switchover };
    const { context } = harness.process({ settings: { ...SETTINGS, budgets } });
    const { report, exitCode } = await runDrill(context, { to: WEST });
    const promotion = report.phases.find(phase => phase.name === 'promotion');
    expect(promotion?.within).toBe(false);
    expect(report.outcome).toBe('done');
    expect(report.missed).toEqual([`promotion: ${promotion?.seconds.toFixed(1)} s, its line allows 2.0 s`]);
    expect(exitCode).toBe(2);
  });

  test('a phase in which the process changed is judged by the RTO alone: nobody drove it for a while', async () => {
    const harness = new Harness();
    const first = harness.process();
    stopAt(harness, 'step-begin', 'wait-writer', first.kill);
    await errorOf(runDrill(first.context, { to: WEST }));
    harness.journals.onAppend = () => undefined;
    await harness.clock.sleep(30_000);
    const { report } = await resumeDrill(harness.process().context);
    expect(report.phases.find(phase => phase.name === 'promotion')?.within).toBe(false);
    expect(report.missed).toEqual([]);
    const late = new Harness();
    const second = late.process();
    stopAt(late, 'step-begin', 'wait-writer', second.kill);
    await errorOf(runDrill(second.context, { to: WEST }));
    late.journals.onAppend = () => undefined;
    await late.clock.sleep(90_000);
    expect((await resumeDrill(late.process().context)).report.missed.join()).toMatch(/^RTO: /);
  });

  test('writes that were never acknowledged fail the drill, and are told', async () => {
    const harness = new Harness();
    const { context } = harness.process();
    const { outside, clock, entries, random } = context;
    const refusing: typeof outside = {
      ...outside,
      request: async request => {
        // The service keeps refusing two of the load's writes.
        const key = request.headers?.['idempotency-key'] ?? '';
        return ['load-1-3', 'load-1-4'].includes(key)
          ? { status: 503, headers: {}, body: '{}' }
          : outside.request(request);
      },
    };
    const load = startLoad({
      ...{ clock, random, id: 'load-1', host: HOST, entry: entries.service, reads: 0, rate: 10 },
      outside: refusing,
    });
    await clock.sleep(1000);
    const { report, exitCode } = await runDrill({ ...context, load }, { to: WEST });
    expect(report.outcome).toBe('done');
    expect(report.writes).toMatchObject({ unacknowledged: 2, lost: 0 });
    expect(report.missed).toEqual(['2 writes were never acknowledged']);
    expect(exitCode).toBe(2);
    expect(harness.journals.saved.get(`${report.id}/report.md`)).toMatch(/never acknowledged \| 2 \|/);
  });

  test('a load that was never acknowledged has no gap between acknowledgements', async () => {
    const harness = new Harness();
    const { context } = harness.process();
    const { outside, clock, entries, random } = context;
    const refusing: typeof outside = {
      ...outside,
      request: async () => ({ status: 503, headers: {}, body: '{}' }),
    };
    const load = startLoad({
      ...{ clock, random, id: 'load-1', host: HOST, entry: entries.service, reads: 0 },
      outside: refusing,
    });
    await clock.sleep(1000);
    harness.world.config[WEST] = undefined;
    const { report } = await runDrill({ ...context, load }, { to: WEST });
    expect(report).toMatchObject({ outcome: 'refused', writes: { refusedSeconds: null } });
    expect(report.writes.refused).toBeGreaterThan(10);
    expect(harness.journals.saved.get(`${report.id}/report.md`)).toMatch(
      /two acknowledged writes \| not measured \|/,
    );
  });

  test('an acknowledged write that is lost alone gives an RPO: up to the fence', async () => {
    const harness = new Harness();
    const context = withLoad(harness);
    await harness.clock.sleep(2000);
    harness.journals.onAppend = (_count, line) => {
      if (line.includes('"step-end"') && line.includes('"verify"')) harness.world.loseOrders(1);
    };
    const { report } = await runDrill(context, { to: WEST });
    expect(report.writes.lost).toBe(1);
    // The first write of all is the one that is lost, some two seconds before the old Region acknowledged its last.
    expect(report.rpoSeconds).toBeGreaterThan(1.9);
    expect(report.rpoSeconds).toBeLessThan(2.5);
  });

  test('a resumed drill verifies the ledger that the dead process left', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-drill-'));
    try {
      const harness = new Harness();
      const { context, kill } = harness.process();
      // The client itself outlives the process, so that the test need not catch what a dead one throws.
      const { outside, clock, entries, random } = harness.process().context;
      const ledgerFile = path.join(folder, 'load.jsonl');
      const load = startLoad({
        ...{ outside, clock, random, id: 'load-1', host: HOST, entry: entries.service, reads: 0 },
        ledgerFile,
      });
      await clock.sleep(500);
      harness.journals.onAppend = (_count, line) => {
        if (line.includes('"step-begin"') && line.includes('wait-writer')) kill();
      };
      await errorOf(runDrill({ ...context, load }, { to: WEST }));
      harness.journals.onAppend = () => undefined;
      await load.stop(0);
      const acknowledged = load.entries.length;
      harness.world.loseOrders(2);

      const { report } = await resumeDrill(withLoad(harness, 'load-2'));
      expect(acknowledged).toBeGreaterThan(20);
      expect(report.writes.lost).toBe(2);
      expect(report.writes.acknowledged).toBeGreaterThan(acknowledged);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('without a load nothing is said about writes', async () => {
    const { report } = await runDrill(new Harness().process().context, { to: WEST });
    expect(report.writes).toEqual({
      acknowledged: null,
      lost: null,
      duplicateEffects: null,
      refused: null,
      refusedSeconds: null,
      unacknowledged: null,
      unfulfilled: null,
    });
    expect(report.rpoSeconds).toBeNull();
  });

  test('calls to global control planes are found', async () => {
    const { context } = new Harness().process();
    const call = (service: string): CloudCall => ({
      service,
      region: 'us-east-1',
      action: 'ChangeResourceRecordSets',
      at: '2026-11-26T10:00:00.000Z',
      milliseconds: 5,
      result: 'ok',
    });
    const cloud = { ...context.cloud, calls: () => [call('RDS'), call('Route53')] };
    const { report, exitCode } = await runDrill({ ...context, cloud }, { to: WEST });
    expect(report.calls).toHaveLength(2);
    expect(report.forbiddenCalls.map(found => found.service)).toEqual(['Route53']);
    expect(report.outcome).toBe('done');
    expect(report.missed).toEqual(['calls to global control planes: Route53 ChangeResourceRecordSets']);
    expect(exitCode).toBe(2);
  });

  test('lab figures are labelled, with what the lab only models; those of an account are not', async () => {
    const lab = await runDrill(new Harness().process().context, { to: WEST });
    expect(lab.report.label).toContain('time scale of 10x');
    expect(lab.report.modelled.length).toBeGreaterThan(3);
    const aws = await runDrill(new Harness().process({ target: 'aws', timeScale: 1 }).context, { to: WEST });
    expect(aws.report.label).not.toContain('lab');
    expect(aws.report.modelled).toEqual([]);
  });

  test('report.md tells phases against scaled and unscaled budget, and the figures', async () => {
    const harness = new Harness();
    const { report } = await runDrill(harness.process().context, { to: WEST });
    const text = harness.journals.saved.get(`${report.id}/report.md`) ?? '';
    expect(text).toMatch(/\| lease-wait \| 1\.\d \| 1\.2 \| 12\.0 \| yes \|/);
    expect(text).toMatch(/\| \*\*RTO\*\* \| .* \| 26\.2 \| 262\.0 \| yes \|/);
    expect(text).toContain('lab figures');
    expect(text).toContain('| epoch | 1 -> 2 |');
  });
});
