import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HoldfastError } from '../../lib/errors';
import { assertWithinBudget, loadTopology, type RecoverySpec, recoveryBudget } from '../../regions';
import orders from '../../regions/examples/orders';
import { RECOVERY_DEFAULTS } from '../../regions/recovery';
import { ROOT } from '../helpers/sources';

/** Totals of the example as it is: an objective of just these seconds is met, and one more second is too many. */
const { switchover, failover } = recoveryBudget(loadTopology(orders)).modes;

type Lever = keyof RecoverySpec;
const [SEED, STANDBY] = orders.regions as [(typeof orders.regions)[0], (typeof orders.regions)[0]];

/** Every lever of recovery turned too far, and the one lever without seconds of its own. */
const TOO_FAR: Readonly<Record<Lever, number>> = {
  leaseSeconds: 60,
  leaseMarginSeconds: 60,
  checkIntervalSeconds: 30,
  checkFailures: 10,
  clientDnsCacheSeconds: 600,
  detectionSeconds: 900,
  decisionSeconds: 900,
  switchoverPromotionSeconds: 900,
  failoverPromotionSeconds: 900,
  cloneBootSeconds: 900,
  warmUpSeconds: 600,
  reconnectSeconds: 600,
};
/** No way to be faster: Aurora promotes in its own time, and the margin of a lease is safety. Their lines say so. */
const NO_WAY_BACK: readonly Lever[] = [
  'leaseMarginSeconds',
  'switchoverPromotionSeconds',
  'failoverPromotionSeconds',
];

/** The example with a lever turned, under the tightest objective that the example itself meets. */
function turned(lever: Lever, value: number) {
  // A clone's boot counts only where a Region does not carry its whole share beforehand.
  const cold = lever === 'cloneBootSeconds';
  const rtoSeconds = failover.totalSeconds + (cold ? RECOVERY_DEFAULTS.cloneBootSeconds : 0);
  return loadTopology({
    ...orders,
    objectives: { ...orders.objectives, rtoSeconds: lever.startsWith('switchover') ? 700 : rtoSeconds },
    regions: cold ? [SEED, { ...STANDBY, capacityShare: 0.5 }] : orders.regions,
    recovery: { [lever]: value },
  });
}

function refusalOf(act: () => unknown): HoldfastError {
  try {
    act();
  } catch (error) {
    if (error instanceof HoldfastError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test('no lever is forgotten', () => {
  expect(Object.keys(TOO_FAR).sort()).toEqual(Object.keys(RECOVERY_DEFAULTS).sort());
});

describe.each(Object.entries(TOO_FAR) as [Lever, number][])('law 5: recovery.%s', (lever, value) => {
  test('at its default the example meets the tightest objective', () => {
    expect(() => assertWithinBudget(turned(lever, RECOVERY_DEFAULTS[lever]))).not.toThrow();
  });

  test(`at ${value} the synth fails and names it`, () => {
    const topology = turned(lever, value);
    const refused = refusalOf(() => assertWithinBudget(topology));
    expect(refused.code).toBe('budget-exceeded');
    const fixes = refused.problems.map(problem => problem.fix ?? '').join('; ');
    if (lever === 'cloneBootSeconds') {
      // It is turned where the share is: at a whole share nothing has to boot.
      expect(fixes).toContain('regions[1].capacityShare (1 in place of 0.5)');
    } else if (!NO_WAY_BACK.includes(lever)) {
      expect(fixes).toContain(`recovery.${lever} (`);
    }
    const over = Object.values(recoveryBudget(topology).modes).filter(mode => !mode.within);
    const lines = over
      .flatMap(mode => mode.lines)
      .filter(
        ({ from }) =>
          from.includes(`recovery.${lever}`) || (lever === 'leaseMarginSeconds' && from.includes(lever)),
      );
    expect(lines.map(({ from }) => from).join('; ')).toContain(`${lever} ${value}`);
  });
});

test('law 5: a share that leaves clones to start fails, and is named', () => {
  const topology = loadTopology({
    ...orders,
    objectives: { ...orders.objectives, rtoSeconds: failover.totalSeconds },
    regions: [SEED, { ...STANDBY, capacityShare: 0.25 }],
  });
  const { problems } = refusalOf(() => assertWithinBudget(topology));
  expect(problems.map(({ path: where }) => where)).toEqual(['modes.failover']);
  expect(problems[0]?.fix).toContain('regions[1].capacityShare (1 in place of 0.25) saves up to 240 s');
});

test('law 5: an RPO that nothing holds fails, and is named', () => {
  const topology = loadTopology({ ...orders, database: { ...orders.database, rpoBasis: 'none' } });
  const { problems } = refusalOf(() => assertWithinBudget(topology));
  expect(problems.map(({ path: where }) => where)).toEqual(['database.rpoBasis']);
});

test('law 5: an objective tighter than either mode names both', () => {
  const objectives = { ...orders.objectives, rtoSeconds: switchover.totalSeconds - 1 };
  const { problems } = refusalOf(() => assertWithinBudget(loadTopology({ ...orders, objectives })));
  expect(problems.map(({ path: where }) => where)).toEqual(['modes.switchover', 'modes.failover']);
});

test('law 5: cdk synth itself fails and says which lever', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-budget-'));
  try {
    const file = path.join(folder, 'topology.json');
    writeFileSync(file, JSON.stringify({ ...orders, recovery: { decisionSeconds: 1800 } }));
    const app = `${process.execPath} ${path.join(ROOT, 'dist/bin/holdfast.js')}`;
    const cdk = path.join(ROOT, 'node_modules/aws-cdk/bin/cdk');
    const args = ['synth', '--quiet', '--app', app, '--output', path.join(folder, 'out')];
    const { status, stderr } = spawnSync(process.execPath, [cdk, ...args, '--context', `topology=${file}`], {
      cwd: folder,
      env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true', AWS_EC2_METADATA_DISABLED: 'true' },
      encoding: 'utf8',
    });
    expect(status).not.toBe(0);
    expect(stderr).toContain('recovery.decisionSeconds (lower than 1800) saves up to 1800 s');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
