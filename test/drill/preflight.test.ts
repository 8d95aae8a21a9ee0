import { drillSettings, preflight, runDrill } from '../../lib/drill';
import { loadTopology } from '../../regions';
import orders from '../../regions/examples/orders';
import { EAST, type FakeWorld, HOST, WEST } from './fake-world';
import { Harness, SETTINGS } from './harness';

interface Case {
  readonly name: string;
  readonly id: string;
  readonly state: 'failed' | 'unknown';
  readonly given: (world: FakeWorld) => void;
  readonly says: RegExp;
}

const patch = (world: FakeWorld, region: string, name: string, change: object) => {
  world.groups[region] = (world.groups[region] ?? []).map(group =>
    group.name === name ? { ...group, ...change } : group,
  );
};

const CASES: readonly Case[] = [
  {
    name: 'the active Region does not answer',
    id: 'active',
    state: 'failed',
    given: world => world.silent.add(`${EAST}.${HOST}`),
    says: /failover/,
  },
  {
    name: 'the standby does not answer at its own name',
    id: 'standby',
    state: 'failed',
    given: world => world.silent.add(`${WEST}.${HOST}`),
    says: /does not answer at its own name/,
  },
  {
    name: 'the standby lags too far',
    id: 'lag',
    state: 'failed',
    given: world => {
      world.readyLagSeconds = 3.5;
    },
    says: /lags 3.5 s behind; the RPO allows 3.0 s/,
  },
  {
    name: 'the standby cannot tell its lag and the metric is too high',
    id: 'lag',
    state: 'failed',
    given: world => {
      world.readyLagSeconds = undefined;
      world.lagSeconds = 3.5;
    },
    says: /lags 3.5 s behind/,
  },
  {
    name: 'nobody measures the lag',
    id: 'lag',
    state: 'unknown',
    given: world => {
      world.readyLagSeconds = undefined;
      world.lagSeconds = undefined;
    },
    says: /is not measured/,
  },
  {
    name: 'the standby has no healthy target',
    id: 'capacity',
    state: 'failed',
    given: world => patch(world, WEST, 'orders-blue', { targets: { healthy: 0, total: 2 } }),
    says: /no healthy target/,
  },
  {
    name: 'the standby may not grow to what the active Region runs',
    id: 'capacity',
    state: 'failed',
    given: world => patch(world, EAST, 'orders-blue', { inService: 13 }),
    says: /may grow to 12, but 13 are needed/,
  },
  {
    name: 'target health cannot be read',
    id: 'capacity',
    state: 'unknown',
    given: world => patch(world, WEST, 'orders-blue', { targets: undefined }),
    says: /not read/,
  },
  {
    name: 'the database of the standby is not available',
    id: 'database',
    state: 'failed',
    given: world => {
      world.statuses[WEST] = 'upgrading';
    },
    says: /is upgrading/,
  },
  {
    name: 'the database of the active Region is not available',
    id: 'database',
    state: 'failed',
    given: world => {
      world.statuses[EAST] = 'stopped';
    },
    says: /is stopped/,
  },
  {
    name: 'the status of a database cannot be read',
    id: 'database',
    state: 'unknown',
    given: world => {
      world.statuses[WEST] = undefined;
    },
    says: /not read/,
  },
  {
    name: 'register and database do not agree',
    id: 'database',
    state: 'failed',
    given: world => {
      world.writer = WEST;
    },
    says: /not writer/,
  },
  {
    name: 'the database is moving',
    id: 'database',
    state: 'failed',
    given: world => {
      world.movingUntil = Number.POSITIVE_INFINITY;
    },
    says: /already moving/,
  },
  {
    name: 'the configurations differ',
    id: 'config',
    state: 'failed',
    given: world => {
      world.config[WEST] = { version: '3', digest: 'bb', deploying: false };
    },
    says: /version 3/,
  },
  {
    name: 'a configuration rollout is under way',
    id: 'config',
    state: 'failed',
    given: world => {
      world.config[EAST] = { version: '3', digest: 'aa', deploying: true };
    },
    says: /rollout/,
  },
  {
    name: 'a configuration was never deployed',
    id: 'config',
    state: 'unknown',
    given: world => {
      world.config[WEST] = undefined;
    },
    says: new RegExp(WEST),
  },
  {
    name: 'an alarm rings in the standby',
    id: 'alarms',
    state: 'failed',
    given: world => {
      world.alarmStates = [{ name: 'orders-replication-lag', state: 'alarm' }];
    },
    says: /orders-replication-lag/,
  },
  {
    name: 'there is no alarm at all',
    id: 'alarms',
    state: 'unknown',
    given: world => {
      world.alarmStates = [];
    },
    says: /no alarms/,
  },
  {
    name: 'alarms have no data',
    id: 'alarms',
    state: 'unknown',
    given: world => {
      world.alarmStates = [{ name: 'orders-errors', state: 'unknown' }];
    },
    says: /without data/,
  },
  ...['capacity', 'databaseState', 'configState', 'alarms'].map(
    (method): Case => ({
      name: `${method} is denied`,
      id: method.replace('State', ''),
      state: 'unknown',
      given: world => {
        world.faults = name => (name === method ? 'denied' : 'none');
      },
      says: /access denied/,
    }),
  ),
];

describe('preflight', () => {
  test('is clean between two healthy Regions, and changes nothing', async () => {
    const harness = new Harness();
    const result = await preflight(harness.process().context, { to: WEST });
    expect(result.verdict).toBe('clean');
    expect(result.checks.map(check => [check.id, check.state])).toEqual(
      ['register', 'active', 'standby', 'database', 'lag', 'capacity', 'config', 'alarms'].map(id => [
        id,
        'ok',
      ]),
    );
    expect(result.lagSeconds).toBe(0);
    expect(harness.world.log.some(call => /^(raise|start|take|create)/.test(call))).toBe(false);
  });

  test.each(CASES)('$name: $id is $state and the drill is refused', async ({ id, state, given, says }) => {
    const harness = new Harness();
    given(harness.world);
    const { report, exitCode } = await runDrill(harness.process().context, { to: WEST });
    expect(report.outcome).toBe('refused');
    expect(exitCode).toBe(state === 'failed' ? 2 : 1);
    const check = report.checks.find(candidate => candidate.id === id);
    expect(check?.state).toBe(state);
    expect(check?.text).toMatch(says.source === 'failover' ? /./ : says);
    expect(`${check?.text} ${check?.fix}`).toMatch(says);
    expect(harness.world.register.record).toEqual({ epoch: 1, phase: 'active', region: EAST });
    expect(harness.world.lock).toBeUndefined();
    expect(report.rtoSeconds).toBeNull();
    // Phases that were not reached are not told as if they had taken no time.
    expect(report.phases.map(phase => phase.name)).toEqual([]);
  });

  test('an unknown check is accepted only by its own name', async () => {
    const harness = new Harness();
    harness.world.alarmStates = [];
    const refused = await runDrill(harness.process().context, { to: WEST, acceptUnknown: ['config'] });
    expect(refused.report.outcome).toBe('refused');
    const done = await runDrill(harness.process().context, { to: WEST, acceptUnknown: ['alarms'] });
    expect(done.report.outcome).toBe('done');
    expect(done.report.checks.find(check => check.id === 'alarms')).toMatchObject({
      state: 'unknown',
      accepted: true,
    });
  });

  test('an eventual register is refused, accepted by its name, and labelled in the report', async () => {
    const harness = new Harness();
    const settings = { ...SETTINGS, register: 'eventual' as const };
    const refused = await runDrill(harness.process({ settings }).context, { to: WEST });
    expect(refused).toMatchObject({ exitCode: 1, report: { outcome: 'refused' } });
    expect(refused.report.reason).toMatch(
      /^register: unknown, .*cannot fence a partition.*--accept-unknown register$/,
    );
    expect(harness.world.history).toHaveLength(1);
    const { report } = await runDrill(harness.process({ settings }).context, {
      to: WEST,
      acceptUnknown: ['register'],
    });
    expect(report.outcome).toBe('done');
    expect(report.label).toContain('cannot fence a partition');
    expect(report.checks.find(check => check.id === 'register')).toMatchObject({ accepted: true });
  });

  test('the kind of the register is that of the topology', () => {
    const topology = loadTopology(orders);
    expect(drillSettings(topology).register).toBe('strong');
    expect(drillSettings({ ...topology, register: { kind: 'eventual' } }).register).toBe('eventual');
  });

  test('a failed check is never accepted', async () => {
    const harness = new Harness();
    harness.world.readyLagSeconds = 60;
    const { report } = await runDrill(harness.process().context, { to: WEST, acceptUnknown: ['lag'] });
    expect(report.outcome).toBe('refused');
  });

  test('the lag is what the standby tells now; the metric is used where it cannot tell', async () => {
    const harness = new Harness();
    harness.world.lagSeconds = 2.5;
    harness.world.readyLagSeconds = 0.1;
    expect((await preflight(harness.process().context, { to: WEST })).lagSeconds).toBe(0.1);
    harness.world.readyLagSeconds = undefined;
    expect((await preflight(harness.process().context, { to: WEST })).lagSeconds).toBe(2.5);
  });
});
