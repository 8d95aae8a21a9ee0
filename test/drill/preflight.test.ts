import { drillSettings, preflight, runDrill } from '../../lib/drill';
import { HoldfastError } from '../../lib/errors';
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
  {
    name: 'a quota of the standby is lower',
    id: 'quotas',
    state: 'failed',
    given: world => {
      world.quotas[WEST] = [{ name: 'vCPU', limit: 32 }];
    },
    says: /vCPU: 32 in us-west-2, 64 in us-east-2/,
  },
  {
    name: 'a quota is not told for the standby',
    id: 'quotas',
    state: 'unknown',
    given: world => {
      world.quotas[WEST] = [];
    },
    says: /not told for us-west-2: vCPU/,
  },
  {
    name: 'the standby has no data key',
    id: 'keys',
    state: 'failed',
    given: world => {
      world.dataKey = undefined;
    },
    says: /no data key/,
  },
  {
    name: 'the data key is about to be deleted',
    id: 'keys',
    state: 'failed',
    given: world => {
      world.dataKey = 'PendingDeletion';
    },
    says: /PendingDeletion/,
  },
  {
    name: 'the bootstrap of the standby is older',
    id: 'bootstrap',
    state: 'failed',
    given: world => {
      world.bootstrap[WEST] = 21;
    },
    says: /bootstrap 30 in us-east-2, 21 in us-west-2/,
  },
  {
    name: 'a Region was never bootstrapped',
    id: 'bootstrap',
    state: 'failed',
    given: world => {
      world.bootstrap[EAST] = undefined;
    },
    says: /missing in us-east-2/,
  },
  {
    name: 'a certificate ends soon',
    id: 'certificates',
    state: 'failed',
    given: world => {
      world.certificateDays = 13.5;
    },
    says: /orders\.example\.com ends in 13 days/,
  },
  {
    name: 'a certificate is not valid for the name',
    id: 'certificates',
    state: 'failed',
    given: world => {
      world.certificateDays = new HoldfastError('refused', 'ERR_TLS_CERT_ALTNAME_INVALID');
    },
    says: /ALTNAME_INVALID/,
  },
  {
    name: 'nobody shakes hands',
    id: 'certificates',
    state: 'unknown',
    given: world => {
      world.certificateDays = new HoldfastError('unavailable', 'ECONNREFUSED');
    },
    says: /no handshake with orders\.example\.com, us-west-2\.orders/,
  },
  {
    name: 'a deploy is under way in the standby',
    id: 'deploys',
    state: 'failed',
    given: world => {
      world.stackStatus[WEST] = 'UPDATE_ROLLBACK_IN_PROGRESS';
    },
    says: /orders-service in us-west-2 is UPDATE_ROLLBACK_IN_PROGRESS/,
  },
  {
    name: 'a stack of the active Region is stuck',
    id: 'deploys',
    state: 'failed',
    given: world => {
      world.stackStatus[EAST] = 'UPDATE_ROLLBACK_FAILED';
    },
    says: /in us-east-2 is UPDATE_ROLLBACK_FAILED/,
  },
  {
    name: 'the standby has no stack',
    id: 'deploys',
    state: 'failed',
    given: world => {
      world.stackStatus[WEST] = undefined;
    },
    says: /no stack/,
  },
  {
    name: 'the clock of this machine is behind',
    id: 'clocks',
    state: 'failed',
    given: world => {
      world.clockAhead = 61;
    },
    says: /61\.0 s behind the clock of us-west-2/,
  },
  {
    name: 'no answer is dated',
    id: 'clocks',
    state: 'unknown',
    given: world => {
      world.clockAhead = undefined;
    },
    says: /dated/,
  },
  ...[
    ['capacity'],
    ['databaseState', 'database'],
    ['configState', 'config'],
    ['alarms'],
    ['quotas'],
    ['dataKeyState', 'keys'],
    ['bootstrapVersion', 'bootstrap'],
    ['stacks', 'deploys'],
  ].map(
    ([method = '', id = method]): Case => ({
      name: `${method} is denied`,
      id,
      state: 'unknown',
      given: world => {
        world.faults = name => (name === method ? 'denied' : 'none');
      },
      says: /access denied/,
    }),
  ),
];

const PLANNED = [
  ...['register', 'active', 'standby', 'database', 'lag', 'capacity', 'config', 'alarms'],
  ...['quotas', 'keys', 'bootstrap', 'certificates', 'deploys', 'drills', 'releases', 'clocks'],
];

describe('preflight', () => {
  test('is clean between two healthy Regions, and changes nothing', async () => {
    const harness = new Harness();
    const result = await preflight(harness.process().context, { to: WEST });
    expect(result.verdict).toBe('clean');
    expect(result.checks.map(check => [check.id, check.state])).toEqual(PLANNED.map(id => [id, 'ok']));
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

  test('a drill that another process drives is named; one of its own is none', async () => {
    const harness = new Harness();
    harness.world.lock = {
      holder: 'her',
      drillId: 'switchover-1',
      epoch: 1,
      heartbeatAt: '',
      leaseSeconds: 3,
    };
    const seen = await preflight(harness.process().context, { to: WEST });
    expect(seen.verdict).toBe('failed');
    expect(seen.checks.find(({ id }) => id === 'drills')?.text).toBe(
      'switchover-1 of her holds the drill lock',
    );
    const own = await preflight(harness.process({ holder: 'her' }).context, { to: WEST });
    expect(own.verdict).toBe('clean');
  });

  test('a release under way refuses a planned move, and says until when; a failover may go on over it', async () => {
    const harness = new Harness();
    const until = Date.parse('2026-11-26T10:30:00Z');
    harness.world.release = { id: 'release-1', stage: 'shift', holder: 'her', until };
    const planned = await preflight(harness.process().context, { to: WEST });
    expect(planned.verdict).toBe('failed');
    expect(planned.checks.find(({ id }) => id === 'releases')?.text).toBe(
      'release release-1 is in stage shift, until about 2026-11-26T10:30:00.000Z',
    );
    harness.world.lost = EAST;
    const request = { to: WEST, mode: 'failover', acceptDataLoss: true } as const;
    const asked = await preflight(harness.process().context, request);
    expect(asked.checks.find(({ id }) => id === 'releases')).toMatchObject({ state: 'unknown' });
    const acceptUnknown = asked.checks.filter(({ state }) => state === 'unknown').map(({ id }) => id);
    const accepted = await preflight(harness.process().context, { ...request, acceptUnknown });
    expect(accepted.verdict).toBe('clean');
  });

  test('the Region whose bootstrap is older is the one to bootstrap', async () => {
    const harness = new Harness();
    harness.world.bootstrap[EAST] = 21;
    const { checks } = await preflight(harness.process().context, { to: WEST });
    expect(checks.find(({ id }) => id === 'bootstrap')?.fix).toContain('`cdk bootstrap` for us-east-2');
  });

  test('without TLS, as in the lab, certificates are unknown', async () => {
    const entries = { service: { scheme: 'http', port: 80 }, gate: { scheme: 'http', port: 80 } } as const;
    const { checks } = await preflight(new Harness().process({ entries }).context, { to: WEST });
    expect(checks.find(({ id }) => id === 'certificates')?.state).toBe('unknown');
  });

  test('a failover asks of deploys and certificates what a person can accept, and nothing of the lost Region', async () => {
    const harness = new Harness();
    harness.world.lost = EAST;
    harness.world.stackStatus[WEST] = 'UPDATE_IN_PROGRESS';
    harness.world.certificateDays = 3;
    const { checks } = await preflight(harness.process().context, {
      ...{ to: WEST, mode: 'failover', acceptDataLoss: true },
    });
    const states = Object.fromEntries(checks.map(({ id, state }) => [id, state]));
    expect(states).toMatchObject({ keys: 'ok', certificates: 'unknown', deploys: 'unknown', drills: 'ok' });
    expect(Object.keys(states)).not.toEqual(expect.arrayContaining(['quotas']));
    expect(harness.world.log.filter(call => call.endsWith(EAST))).toEqual([]);
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
