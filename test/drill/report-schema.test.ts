import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Schema, Validator } from '@cfworker/json-schema';
import {
  type DrillReport,
  renderReport,
  renderReportHtml,
  resumeDrill,
  runDrill,
  startLoad,
} from '../../lib/drill';
import { ROOT } from '../helpers/sources';
import { EAST, HOST, WEST } from './fake-world';
import { errorOf, Harness, stopAt } from './harness';

const schema = JSON.parse(
  readFileSync(path.join(ROOT, 'docs/schemas/drill-report.schema.json'), 'utf8'),
) as Schema;
const validator = new Validator(schema, '2020-12', false);
const problems = (report: DrillReport) => validator.validate(JSON.parse(JSON.stringify(report))).errors;

async function loaded(harness: Harness, request: Partial<Parameters<typeof runDrill>[1]> = {}) {
  const { context } = harness.process({ operator: 'ada' });
  const { outside, clock, entries, random } = context;
  const load = startLoad({
    outside,
    clock,
    random,
    id: 'load-1',
    host: HOST,
    entry: entries.service,
    rate: 10,
  });
  await harness.clock.sleep(3000);
  return (await runDrill({ ...context, load }, { to: WEST, ...request })).report;
}

describe('the published schema', () => {
  test('holds for a drill that is done, one that was refused, one that failed over and one that went back', async () => {
    const done = await loaded(new Harness());
    expect(done.outcome).toBe('done');
    const sick = new Harness();
    sick.world.alarmStates = [];
    const refused = await loaded(sick);
    const lost = new Harness();
    lost.world.lost = EAST;
    const failedOver = await loaded(lost, { mode: 'failover', acceptDataLoss: true });
    const stuck = new Harness();
    stuck.world.stuck = true;
    const stopped = await loaded(stuck);
    expect([refused, failedOver, stopped].map(({ outcome }) => outcome)).toEqual([
      'refused',
      'done',
      'safe-stop',
    ]);
    for (const report of [done, refused, failedOver, stopped]) expect(problems(report)).toEqual([]);
  });

  test('names every member that a report has, and refuses what is none', async () => {
    const report = await loaded(new Harness());
    const known = Object.keys(schema.properties as object);
    expect(Object.keys(JSON.parse(JSON.stringify(report))).filter(name => !known.includes(name))).toEqual([]);
    expect(problems({ ...report, version: 2 as never })).not.toEqual([]);
    expect(problems({ ...report, outcome: 'fine' as never })).not.toEqual([]);
    expect(problems({ ...report, writes: { ...report.writes, lost: -1 } })).not.toEqual([]);
  });
});

test('the lag is recorded of the standby and then of the Region that was left', async () => {
  const harness = new Harness();
  harness.world.readyLagSeconds = 0.75;
  harness.world.promotionMilliseconds = 8000;
  const report = await loaded(harness);
  const regions = report.timeline.lag.map(({ region }) => region);
  expect(regions[0]).toBe(WEST);
  expect(regions.at(-1)).toBe(EAST);
  expect(regions.lastIndexOf(WEST)).toBeLessThan(regions.indexOf(EAST));
  expect(new Set(report.timeline.lag.map(({ seconds }) => seconds))).toEqual(new Set([0.75]));
  expect(renderReportHtml(report)).toContain('<polyline class="lag"');
  expect(renderReport(report)).toContain(`largest replication lag seen | 0.8 s in ${regions.length} looks`);
});

test('a lag that nobody can tell is told as such, and never as none', async () => {
  const harness = new Harness();
  stopAt(harness, 'step-end', 'announce-promotion', () => {
    harness.world.readyLagSeconds = undefined;
    harness.world.lagSeconds = undefined;
  });
  const { report } = await runDrill(harness.process().context, { to: WEST });
  expect(report.timeline.lag.some(({ seconds }) => seconds === null)).toBe(true);
  expect(renderReport(report)).toMatch(/looks, untold \d+ times/);
});

test('the share of each Region stands in the report', async () => {
  const text = renderReport(await loaded(new Harness()));
  expect(text).toMatch(new RegExp(`${EAST}: \\d+ of \\d+ \\(\\d+ %\\), from .* to `));
  expect(text).toMatch(new RegExp(`${WEST}: \\d+ of \\d+ \\(\\d+ %\\), from .* to `));
});

test('who approved what is kept in the journal, over a change of process', async () => {
  const harness = new Harness();
  harness.world.alarmStates = [];
  const first = harness.process({ operator: 'ada' });
  stopAt(harness, 'step-begin', 'wait-lease', first.kill);
  await errorOf(runDrill(first.context, { to: WEST, confirmed: WEST, acceptUnknown: ['alarms'] }));
  harness.journals.onAppend = () => undefined;
  const { report } = await resumeDrill(harness.process({ operator: 'grace' }).context);
  expect(report.approvals.map(({ by, what }) => `${by}: ${what}`)).toEqual([
    `ada: switchover to ${WEST}, typed once more: ${WEST}`,
    `ada: alarms may stay unknown: ${WEST} has no alarms of this application`,
    'grace: resumed',
  ]);
  expect(renderReport(report)).toContain('grace: resumed');
});
