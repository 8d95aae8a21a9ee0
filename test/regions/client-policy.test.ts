import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { renderUserData } from '../../constructs/compute/user-data';
import type { CommandContext } from '../../lib/cli/context';
import { runProgram } from '../../lib/cli/program';
import { systemClock } from '../../lib/clock';
import { readUserData } from '../../lib/lab/reconciler/user-data';
import { parseClientPolicy } from '../../lib/runtime/policy/client-policy';
import {
  clientPolicy,
  clientPolicyPairs,
  loadTopology,
  type RecoverySpec,
  recoveryBudget,
} from '../../regions';
import { regionContext } from '../../stacks/region-context';
import { type ServiceDependencies, serviceEnvironment } from '../../stacks/service-environment';
import { example } from './example';

const ACCOUNT = '123456789012';

const topologyWith = (recovery: RecoverySpec) =>
  loadTopology(
    example(document => {
      document.recovery = recovery;
      document.objectives.rtoSeconds = 86_400;
    }),
    { account: ACCOUNT },
  );

/** What a clone of this topology is told, through its user data as it is on the disk. */
function toldToClones(recovery: RecoverySpec) {
  const topology = topologyWith(recovery);
  const context = regionContext(topology, 'us-east-2');
  const dependencies = {
    homes: [],
    cache: {},
    configuration: '',
    flags: '',
    logGroup: {},
  } as unknown as ServiceDependencies;
  const file = { bucketName: 'b', objectKey: 'k', sha256: 'a'.repeat(64) };
  const script = renderUserData({
    artifact: { app: file, runtime: file },
    entry: 'service',
    environment: serviceEnvironment(context, dependencies),
    region: 'us-east-2',
    signal: { stackName: 's', logicalId: 'l', roleName: 'r' },
  } as unknown as Parameters<typeof renderUserData>[0]);
  const { environment } = readUserData(Buffer.from(script).toString('base64'));
  return parseClientPolicy(environment.HOLDFAST_CLIENT_POLICY ?? '');
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-client-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function command(...words: string[]): Promise<string> {
  let printed = '';
  const context: CommandContext = {
    projectRoot: folder,
    installRoot: path.resolve(__dirname, '..', '..'),
    clock: systemClock,
    output: { emit: () => undefined } as CommandContext['output'],
    print: text => {
      printed += text;
    },
    exit: code => expect(code).toBe(0),
    signal: new AbortController().signal,
    environment: {},
    colour: false,
  };
  await runProgram(context, ['node', 'holdfast', ...words]);
  return printed;
}

test.each<RecoverySpec>([{}, { reconnectSeconds: 8, clientDnsCacheSeconds: 3 }, { reconnectSeconds: 61 }])(
  'clones, the command and the budget have the same numbers: %j',
  async recovery => {
    const topology = topologyWith(recovery);
    const policy = clientPolicy(topology);
    const file = path.join(folder, 'topology.json');
    writeFileSync(file, JSON.stringify(topology));

    expect(toldToClones(recovery)).toEqual(policy);
    expect(JSON.parse(await command('--topology', file, '--json', 'client-policy'))).toEqual(policy);
    await command('--topology', file, 'client-policy', '--out', 'policy.json');
    expect(JSON.parse(readFileSync(path.join(folder, 'policy.json'), 'utf8'))).toEqual(policy);
    await command('--topology', file, 'client-policy', '--out', 'policy.ts');
    const module = readFileSync(path.join(folder, 'policy.ts'), 'utf8');
    const [, literal = ''] = /clientPolicy = ([\s\S]*) as const;/.exec(module) ?? [];
    expect(JSON.parse(literal)).toEqual(policy);

    for (const mode of ['switchover', 'failover'] as const) {
      const line = (phase: string) =>
        recoveryBudget(topology).modes[mode].lines.find(one => one.phase === phase);
      const worst = policy.requestTimeoutMilliseconds + policy.retry.capMilliseconds;
      expect(line('reconnect')?.seconds).toBe(worst / 1000);
      expect(line('traffic')?.from).toContain(`recovery.clientDnsCacheSeconds ${policy.dnsCacheSeconds}`);
    }
  },
);

test('the text for a person says what the budget counts', async () => {
  const file = path.join(folder, 'topology.json');
  writeFileSync(file, JSON.stringify(topologyWith({})));
  const text = await command('--topology', file, 'client-policy');
  expect(text).toMatch(/longest pause .* 15000 ms .* reconnect/);
});

test('every valid topology has a policy that its readers take, whose parts fit into each other', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3600 }),
      fc.integer({ min: 0, max: 86_400 }),
      (reconnectSeconds, clientDnsCacheSeconds) => {
        const policy = clientPolicy({ recovery: { reconnectSeconds, clientDnsCacheSeconds } });
        expect(parseClientPolicy(JSON.stringify(policy))).toEqual(policy);
        expect(parseClientPolicy(clientPolicyPairs(policy))).toEqual(policy);
        expect(policy.requestTimeoutMilliseconds).toBeLessThan(policy.deadlineMilliseconds);
        expect(policy.hedge.delayMilliseconds).toBeLessThan(policy.requestTimeoutMilliseconds);
        expect(policy.retry.baseMilliseconds).toBeLessThan(policy.retry.capMilliseconds);
      },
    ),
  );
});

test('a policy that cannot be used is refused with every problem', () => {
  const wrong = { ...clientPolicy({}), version: 2, dnsCacheSeconds: '10', hedge: null };
  expect(() => parseClientPolicy(JSON.stringify(wrong))).toThrow(
    expect.objectContaining({
      code: 'environment',
      problems: [
        'version',
        'dnsCacheSeconds',
        'hedge.delayMilliseconds',
        'hedge.budget.ratio',
        'hedge.budget.reserve',
      ].map(name => expect.objectContaining({ path: `HOLDFAST_CLIENT_POLICY.${name}` })),
    }),
  );
  expect(() => parseClientPolicy('{')).toThrow(/is neither JSON nor pairs/);
  expect(() => parseClientPolicy('version=1,retry=3,retry.attempts=x')).toThrow(
    /retry.attempts: is not a number/,
  );
  expect(() => parseClientPolicy('null')).toThrow(/version: is missing/);
});
