import { rmSync } from 'node:fs';
import path from 'node:path';
import type { DriftReport } from '../../lib/drift';
import { runCli } from '../helpers/cli';
import { ROOT } from '../helpers/sources';
import * as hand from './by-hand';
import { eventually, healthy, SEED, STANDBY, status, topology } from './lab';

const { application } = topology;
const GLOBAL = `${SEED} ${application}-data GlobalCluster`;

/** A run over what the lab has, as a person starts it. */
async function drift(...options: readonly string[]) {
  const { exitCode, stdout, stderr } = await runCli(['drift', ...options, '--json']);
  const report = JSON.parse(stdout) as DriftReport;
  if (report.findings === undefined) throw new Error(`${stdout}\n${stderr}`);
  // Logical ids without the digits that the CDK adds.
  const said = report.findings
    .map(({ class: kind, rule, region, stack, resource }) => ({
      kind,
      text: `${kind} ${rule} ${region} ${stack} ${resource}`,
    }))
    .map(({ kind, text }) => ({
      kind,
      text: text.replace(/\bDatabase(GlobalCluster)[0-9A-F]{8}$/, '$1').replace(/[0-9A-F]{8}$/, ''),
    }));
  return { exitCode, report, said: said.map(({ text }) => text).sort() };
}

let moved: boolean;
beforeAll(async () => {
  await healthy();
  const before = (await status()).register?.record;
  const { report } = await drift('--live');
  expect(report).toMatchObject({
    verdict: 'clean',
    counts: { unchecked: 0, unknown: 0, change: 0, danger: 0 },
  });
  // As it was born, there is not even anything to explain.
  if (before?.epoch === 1) expect(report.findings).toEqual([]);
  if (before?.region !== STANDBY) {
    const { exitCode, stderr } = await runCli(['drill', 'switchover', '--to', STANDBY, '--rate', '0']);
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
    await healthy();
  }
  moved = (await status()).register?.record.region === STANDBY;
  await hand.makeStacks();
});
afterAll(async () => {
  await hand.deleteStacks();
  rmSync(path.join(ROOT, 'out', 'drift'), { recursive: true, force: true });
});

test('after a drill the swap of roles is explained, and what is deployed is what is synthesized', async () => {
  expect(moved).toBe(true);
  const { exitCode, report, said } = await drift(
    '--live',
    '--from-account',
    '--assembly',
    path.join(ROOT, 'cdk.out'),
  );
  expect({ exitCode, verdict: report.verdict }).toEqual({ exitCode: 0, verdict: 'clean' });
  expect(said.filter(each => !each.startsWith('expected live-setting'))).toEqual([
    `expected role-swap ${GLOBAL}`,
  ]);
  expect(report.counts.checked).toBeGreaterThan(500);
});

test('what is changed by hand is found, each thing for what it is', async () => {
  const undo = [
    await hand.weights(SEED, { blue: 40, green: 60 }),
    await hand.floor(STANDBY, `${application}-worker`, 0),
    await hand.record(STANDBY),
    await hand.disabledCheck(SEED),
  ];
  try {
    const { exitCode, said } = await drift('--live');
    expect(exitCode).toBe(2);
    expect(said.filter(each => !each.startsWith('expected live-setting'))).toEqual([
      `change setting-not-kept ${SEED} ${application}-service BalancerTls`,
      `danger capacity-lowered ${STANDBY} ${application}-service WorkersGroupASG`,
      `danger dns-change ${SEED} ${application}-dns DnsNotGateuswest2`,
      `danger dns-change ${STANDBY} ${application}-dns DnsRegion`,
      `expected role-swap ${GLOBAL}`,
    ]);
  } finally {
    for (const each of undo) await each();
  }
});

test('event-source mappings: what carries the role must follow the register, and what does not must be on', async () => {
  const stacks = [SEED, STANDBY].flatMap(region => ['--stack', `${region}/${hand.STACK}`]);
  const before = await drift('--live', ...stacks);
  expect(before.said).toEqual([
    `danger consumer-against-role ${SEED} ${hand.STACK} Turning`,
    `danger consumer-against-role ${STANDBY} ${hand.STACK} Turning`,
  ]);
  await hand.feed(SEED, 'Turning', false);
  await hand.feed(STANDBY, 'Turning', true);
  await hand.feed(SEED, 'Always', false);
  const after = await drift('--live', ...stacks);
  expect(after.said).toEqual([
    `danger consumer-against-role ${SEED} ${hand.STACK} Always`,
    `expected mapping-role ${SEED} ${hand.STACK} Turning`,
    `expected mapping-role ${STANDBY} ${hand.STACK} Turning`,
  ]);
});

test('a writer that somebody moves beside the register is explained by nothing', async () => {
  await hand.moveWriter(SEED);
  try {
    const { said } = await eventually('the moved writer', async () => {
      const seen = await drift('--live');
      return seen.report.counts.unchecked === 0 && seen;
    });
    expect(said).toContain(`danger writer-misplaced ${GLOBAL}`);
    expect(said.filter(each => each.includes('role-swap'))).toEqual([]);
  } finally {
    await hand.moveWriter(STANDBY);
    await healthy();
  }
  expect((await drift('--live')).report.verdict).toBe('clean');
});
