import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Artifact } from '../../../constructs/compute/artifact';
import { buildOutput } from '../../../constructs/compute/build-output';
import { CloneGroup, type CloneGroupProps } from '../../../constructs/compute/clone-group';
import { SERVICE_CONFIGURATION } from '../../../stacks/service-configuration';
import { type Boot, type BootResult, boot, whyNoBoot } from '../../helpers/boot';
import { resolveText } from '../../helpers/resolve-template';
import { networkOf, stackIn } from '../stack';

/**
 * The user data of a launch template, run as it is on a machine of its own, with the run time and the bundles that a
 * clone would fetch and without any network: what only models AWS is the CLI (files for S3), the instance metadata,
 * cfn-signal and systemd's reading of the unit.
 */
const reason = whyNoBoot();
if (reason !== undefined) {
  if (process.env.CI !== undefined && process.getuid?.() === 0) throw new Error(`CI must boot: ${reason}`);
  process.stderr.write(`user data is not run here: ${reason}\n`);
}
const whereItCan = reason === undefined ? test : test.skip;
jest.setTimeout(60_000);

const PORT = 18_080;
/** What a clone cannot do without, at addresses where nothing is. */
const ENVIRONMENT = {
  HOLDFAST_APPLICATION: 'orders',
  HOLDFAST_REGISTER_TABLE: 'orders-register',
  HOLDFAST_LEASE_SECONDS: '10',
  HOLDFAST_DATABASE_HOST: 'database.invalid',
  HOLDFAST_DATABASE_NAME: 'orders',
  HOLDFAST_DATABASE_AUTH: 'iam',
  HOLDFAST_CACHE_URL: 'rediss://cache.invalid:6379',
  HOLDFAST_QUEUE_URL: 'https://queue.invalid/orders-work',
  HOLDFAST_CONFIG: 'orders/live/service',
  HOLDFAST_DRAIN_SECONDS: '0',
};

/**
 * Boots a clone; `spoil` replaces what S3 holds for the application. `released` is what a parameter says, as a file; the
 * template's application is then not there, and the build that the parameter names is.
 */
function bootClone(
  inspect: (result: BootResult) => void,
  {
    spoil,
    released,
    left,
    ...props
  }: Partial<CloneGroupProps> &
    Pick<Boot, 'left'> & {
      readonly spoil?: string;
      readonly released?: string;
    } = {},
): void {
  const stack = stackIn();
  const files = {
    app: buildOutput('artifacts/app.tgz'),
    runtime: buildOutput('artifacts/runtime-x64.tgz'),
  };
  new CloneGroup(stack, 'Clones', {
    vpc: networkOf(stack),
    artifact: Artifact.fromFiles(files),
    minimumClones: 2,
    maximumClones: 4,
    port: PORT,
    bootTimeout: Duration.minutes(1),
    environment: ENVIRONMENT,
    ...props,
  });
  const [launch] = Object.values(Template.fromStack(stack).findResources('AWS::EC2::LaunchTemplate'));
  const script = resolveText(launch?.Properties.LaunchTemplateData.UserData, {
    'AWS::Region': 'us-east-2',
    'AWS::StackName': 'orders-service',
    'AWS::AccountId': '000000000000',
    'AWS::Partition': 'aws',
  });
  const object = (kind: string) =>
    new RegExp(`^# holdfast-${kind} s3://(\\S+) `, 'm').exec(script)?.[1] ?? '';
  const bucket = object('artifact').split('/')[0];
  const application =
    released === undefined
      ? { [object('artifact')]: spoil ?? files.app }
      : { [`${bucket}/builds/next.tgz`]: files.app, [`parameters${props.buildParameter}`]: released };
  const objects = { ...application, [object('runtime')]: files.runtime };
  boot({ script, objects, port: PORT, left }, inspect);
}

whereItCan(
  'a clone refuses an application that is not the one it was told of, and says that it failed',
  () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-spoilt-'));
    try {
      const spoilt = path.join(folder, 'app.tgz');
      copyFileSync(buildOutput('artifacts/app.tgz'), spoilt);
      writeFileSync(spoilt, 'another application', { flag: 'a' });
      bootClone(
        result => {
          expect(result.exit).not.toBe(0);
          expect(result.output).toContain('FAILED');
          expect(result.signals).toMatch(/^--exit-code 1 /);
          expect(result.unit).toBe('');
        },
        { spoil: spoilt },
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

/** The last good document, as a process leaves it. */
function keptConfiguration(): string {
  const content = JSON.stringify(SERVICE_CONFIGURATION);
  const [version, confirmedAt] = ['kept', '2026-11-01T00:00:00.000Z'];
  const sha256 = createHash('sha256')
    .update(JSON.stringify([content, version, confirmedAt]))
    .digest('hex');
  return JSON.stringify({ content, version, confirmedAt, sha256 });
}

/** What a clone runs to tell the group `orders-blue`. */
const told = (what: string) =>
  `autoscaling ${what} --region us-east-2 --auto-scaling-group-name orders-blue --instance-id i-0123456789abcdef0`;
const HEARTBEAT = told('record-lifecycle-action-heartbeat --lifecycle-hook-name terminating');
const completed = (hook: string) =>
  told(`complete-lifecycle-action --lifecycle-hook-name ${hook} --lifecycle-action-result CONTINUE`);

whereItCan(
  'a clone comes up by its user data alone, with a released build and every network but loopback cut',
  () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-released-'));
    const released = path.join(folder, 'parameter');
    const app = readFileSync(buildOutput('artifacts/app.tgz'));
    writeFileSync(released, `builds/next.tgz ${createHash('sha256').update(app).digest('hex')}\n`);
    bootClone(
      result => {
        expect({ exit: result.exit, output: result.output }).toMatchObject({ exit: 0 });
        expect(JSON.parse(result.healthz)).toBeTruthy();
        expect(Number(result.user)).toBeGreaterThan(0);
        expect(result.signals).toMatch(
          /^--exit-code 0 --stack Stack-us-east-2 --resource Clones\S+ --region us-east-2 --role \S+\n$/,
        );
        expect(result.read('etc/holdfast/instance.env')).toBe('HOLDFAST_INSTANCE_ID=i-0123456789abcdef0\n');
        // It runs without register, database, cache and queue, and says so, instead of dying in a loop.
        expect(result.unit).toContain('"instance":"i-0123456789abcdef0"');
        // It begins with what its predecessor knew, and may keep what it learns.
        const restored = result.unit.split('\n').find(line => line.includes('config.restored'));
        expect(restored).toContain('"version":"kept"');
        const state = statSync(result.pathOf('var/lib/holdfast'));
        expect([state.mode & 0o777, String(state.uid)]).toEqual([0o700, result.user]);

        // BP-21: it reports that it is up; and when it has to go it stops first, and reports then.
        const [launched, ...leaving] = result.reports.trim().split('\n');
        expect(launched).toBe(`running ${completed('launching')}`);
        expect(leaving.at(-1)).toBe(`stopped ${completed('terminating')}`);
        const heartbeats = leaving.slice(0, -1).map(line => line.replace(/^\w+ /, ''));
        expect(heartbeats).toEqual(heartbeats.map(() => HEARTBEAT));
        expect(heartbeats.length).toBeGreaterThan(0);
      },
      {
        ...{ groupName: 'orders-blue', lifecycle: { drainTimeout: Duration.minutes(1) } },
        ...{ buildParameter: '/orders/live/build/orders-blue', released },
        left: { 'var/lib/holdfast/configuration.json': keptConfiguration() },
      },
    );
    rmSync(folder, { recursive: true, force: true });
  },
);
