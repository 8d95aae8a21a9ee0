import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { stackName } from '../../lib/naming';
import { recoveryBudget } from '../../regions';
import { runCli } from '../helpers/cli';
import { ROOT } from '../helpers/sources';
import { connect, eventually, healthy, order, resolved, SEED, STANDBY, status, topology } from './lab';

const BUDGET = recoveryBudget(topology).modes.switchover;

const KEY = `taken-before-the-move-${process.pid}`;

/** What a deploy of a Region's network that adds a tag is told, and what the stack's tags are afterwards. */
async function tagNetwork(region: string) {
  const credentials = { accessKeyId: 'somebody', secretAccessKey: 'lab' };
  const client = new CloudFormationClient({
    region,
    endpoint: connect().endpoint,
    credentials,
    maxAttempts: 1,
  });
  const StackName = stackName(topology.application, 'network');
  const described = async () => (await client.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0];
  try {
    const before = await described();
    const Tags = [...(before?.Tags ?? []), { Key: 'deployed', Value: 'in the middle' }];
    const told = await client
      .send(new UpdateStackCommand({ StackName, UsePreviousTemplate: true, Tags }))
      .then(() => 'done', String);
    const after = await described();
    return {
      told,
      isUnchanged:
        JSON.stringify([after?.Tags, after?.StackStatus]) ===
        JSON.stringify([before?.Tags, before?.StackStatus]),
    };
  } finally {
    client.destroy();
  }
}

beforeAll(async () => {
  await healthy();
  expect((await order(SEED, KEY)).status).toBe(201);
});

test('holdfast drill switchover --to us-west-2, under load and with every global control plane denied', async () => {
  const { gateway, timeScale } = connect();
  for (const service of ['route53', 'iam']) await gateway.deny({ id: service, caller: 'lab-drill', service });
  const [cursor] = (await gateway.calls()).slice(-1);
  const drilling = runCli(['drill', 'switchover', '--to', STANDBY, '--json']);
  const held = await eventually('deploys held back in both Regions', async () => {
    const answer = await runCli(['interlock', 'status', '--json']);
    return answer.exitCode === 2 && !answer.stdout.includes('"free"') && answer.stdout;
  });
  const deploys = await Promise.all([SEED, STANDBY].map(tagNetwork));
  const { exitCode, stdout, stderr } = await drilling;
  for (const service of ['route53', 'iam']) await gateway.allow(service);
  expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
  const report = JSON.parse(stdout);
  expect(held).toContain(`drill ${report.id} of`);
  for (const { told, isUnchanged } of deploys) {
    expect(told).toMatch(
      /hook\(s\) failed: drill .* is under way\. It binds until .*holdfast interlock open/,
    );
    expect(isUnchanged).toBe(true);
  }

  expect(report).toMatchObject({
    version: 1,
    mode: 'switchover',
    target: 'lab',
    from: SEED,
    to: STANDBY,
    outcome: 'done',
    epoch: { before: 1, after: 2 },
    timeScale,
    objectives: topology.objectives,
    rpoSeconds: 0,
    missed: [],
    forbiddenCalls: [],
  });
  expect(timeScale).toBeLessThanOrEqual(10);
  expect(report.label).toContain('lab figures');
  expect(report.lagSeconds).toBeLessThanOrEqual(topology.objectives.rpoSeconds / timeScale);
  expect(report.budgetSeconds).toBeCloseTo(BUDGET.totalSeconds / timeScale);

  const { writes, requests } = report;
  expect(writes).toMatchObject({ lost: 0, duplicateEffects: 0, unfulfilled: 0 });
  expect(writes.acknowledged).toBeGreaterThan(200);
  expect(writes.refused).toBeGreaterThan(0);
  expect(writes.refusedSeconds).toBeGreaterThan(0);
  expect(writes.refusedSeconds).toBeLessThanOrEqual(20);
  expect(requests.total).toBeGreaterThan(writes.acknowledged);

  const measured = new Map(
    report.phases.map((phase: { name: string; seconds: number }) => [phase.name, phase.seconds]),
  );
  const over = BUDGET.lines.filter(line => Number(measured.get(line.phase)) > line.seconds / timeScale);
  expect(
    over.map(line => `${line.phase}: ${measured.get(line.phase)} of ${line.seconds / timeScale}`),
  ).toEqual([]);
  expect([...measured.keys()]).toEqual(expect.arrayContaining(BUDGET.lines.map(line => line.phase)));
  expect(report.rtoSeconds).toBeLessThanOrEqual(report.budgetSeconds);

  // The gateway's own record agrees: what the drill called, it called in the two Regions and nowhere else.
  const seen = await gateway.calls({ caller: 'lab-drill', after: cursor?.sequence });
  expect(report.calls.length).toBeGreaterThan(10);
  expect(seen.length).toBeGreaterThanOrEqual(report.calls.length);
  expect(seen.filter(call => ['route53', 'iam', 'sts'].includes(call.service))).toEqual([]);

  const folder = path.join(ROOT, 'out', 'drills', report.id);
  expect(JSON.parse(readFileSync(path.join(folder, 'report.json'), 'utf8'))).toEqual(report);
  expect(readFileSync(path.join(folder, 'report.md'), 'utf8')).toContain(`${SEED} to ${STANDBY}: **done**`);
  expect(existsSync(path.join(folder, 'journal.jsonl'))).toBe(true);
});

test('afterwards the roles are swapped in the register, the database, the gates and DNS', async () => {
  await healthy();
  const now = await status();
  expect(now.register?.record).toEqual({ epoch: 2, phase: 'active', region: STANDBY });
  expect(now.regions.map(({ region, database }) => [region, database?.role])).toEqual([
    [SEED, 'replica'],
    [STANDBY, 'writer'],
  ]);
  expect(await resolved()).toEqual([connect().addresses[STANDBY]]);
  expect((await order(STANDBY)).status).toBe(201);
  expect((await order(SEED)).status).toBe(503);
});

test('an order that the old Region acknowledged is answered from its record in the new one', async () => {
  const replay = await eventually('the replay', async () => {
    const answer = await order(STANDBY, KEY);
    return answer.status === 201 ? answer : undefined;
  });
  expect(replay.headers.get('idempotent-replay')).toBe('true');
});
