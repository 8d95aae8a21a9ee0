import { readFileSync } from 'node:fs';
import { AutoScalingClient, UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { LoadSummary } from '../../lib/drill';
import {
  buildParameterName,
  type Colour,
  cloneGroupName,
  liveSettingName,
  stackName,
} from '../../lib/naming';
import type { RegionRelease } from '../../lib/runtime/release/release-plan';
import type { ReleaseNote } from '../../lib/runtime/release/release-store';
import { type CliResult, type RunningCli, startCli } from '../helpers/cli';
import { connect, eventually, SEED, STANDBY, status, topology } from './lab';

/** Key under which these tests ask, apart from everybody else's. */
const CALLER = 'lab-releases';
export const REGIONS = [SEED, STANDBY] as const;
const { application } = topology;

const settings = (region: string) => ({
  region,
  endpoint: connect().endpoint,
  credentials: { accessKeyId: CALLER, secretAccessKey: 'lab' },
});

/** The document of `holdfast release start --json`. */
export interface ReleaseDocument {
  readonly stage: string;
  readonly reason?: string;
  readonly regions: readonly RegionRelease[];
  readonly notes: readonly ReleaseNote[];
}

/** How a release ended, and what it cost. */
export interface Released extends ReleaseDocument {
  readonly exitCode: number | null;
  readonly stderr: string;
  /** Seconds from the first note to the last. */
  readonly seconds: number;
  /** Most memory that the controller's process had, in MB. */
  readonly peakMegabytes: number;
}

/** Begins a release without a load of its own. */
export function startRelease(...args: readonly string[]): RunningCli {
  return startCli(['release', 'start', '--json', '--rate', '0', '--keep-warm-minutes', '0', ...args]);
}

/** Seconds that a release of these tests may take. */
const PATIENCE = 90;

/** Waits for its end; one that does not come is told with all that was printed. */
export async function ended(cli: RunningCli): Promise<Released> {
  let peakMegabytes = 0;
  const giveUp = setTimeout(() => cli.kill('SIGTERM'), PATIENCE * 1000);
  const look = setInterval(() => {
    peakMegabytes = Math.max(peakMegabytes, megabytesOf(cli.pid));
  }, 250);
  const result: CliResult = await cli.result.finally(() => {
    clearInterval(look);
    clearTimeout(giveUp);
  });
  const { exitCode, stdout, stderr } = result;
  const document = JSON.parse(stdout || '{}') as ReleaseDocument;
  if (document.notes === undefined) throw new Error(`${stdout}\n${stderr}`);
  const [first, last] = [document.notes[0], document.notes.at(-1)].map(note => Date.parse(note?.at ?? ''));
  return { ...document, exitCode, stderr, seconds: ((last ?? 0) - (first ?? 0)) / 1000, peakMegabytes };
}

/** Peak of the resident memory of a process. */
function megabytesOf(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Has every Region serve by blue alone, as it was born, whatever ran before. */
export async function settle(): Promise<void> {
  await Promise.all(
    REGIONS.map(async region => {
      const ssm = new SSMClient(settings(region));
      const store = (Name: string, Value: string) =>
        ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }));
      await store(liveSettingName(application, 'weights'), '{"blue":100,"green":0}');
      await store(liveSettingName(application, `floor/${cloneGroupName(application, 'green')}`), '0');
      for (const colour of ['blue', 'green'] as const)
        await store(buildParameterName(application, cloneGroupName(application, colour)), 'template');
      await resize(region, 'blue', 2);
      await eventually(`blue alone in ${region}`, async () => (await clones(region, 'blue')).healthy >= 2);
      await resize(region, 'green', 0);
      await eventually(`no green in ${region}`, async () => (await clones(region, 'green')).all === 0);
    }),
  );
}

async function resize(region: string, colour: Colour, size: number): Promise<void> {
  const AutoScalingGroupName = cloneGroupName(application, colour);
  const input = { AutoScalingGroupName, MinSize: size, DesiredCapacity: size };
  await new AutoScalingClient(settings(region)).send(new UpdateAutoScalingGroupCommand(input));
}

/** Clones of a colour that run, and those that the balancer finds healthy. */
export async function clones(region: string, colour: Colour) {
  const found = (await status()).regions.find(each => each.region === region);
  const group = cloneGroupName(application, colour);
  const all = (found?.instances ?? []).filter(instance => instance.group === group);
  return { all: all.length, healthy: all.filter(({ health }) => health === 'healthy').length };
}

/** Updates the service stack of a Region by a tag alone, which reaches the listener with the template's weights. */
export async function touchStack(region: string): Promise<void> {
  const client = new CloudFormationClient(settings(region));
  const StackName = stackName(application, 'service');
  const Tags = [{ Key: 'touched', Value: String(process.hrtime.bigint()) }];
  const Capabilities = ['CAPABILITY_NAMED_IAM' as const];
  await client.send(new UpdateStackCommand({ StackName, UsePreviousTemplate: true, Tags, Capabilities }));
  await eventually(`the update of ${StackName}`, async () => {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    return Stacks[0]?.StackStatus === 'UPDATE_COMPLETE';
  });
}

/** The second in which the largest share of requests failed, in percent; seconds of few requests are left out. */
export function worstSecond({ samples }: LoadSummary): number {
  const shares = samples.map(({ acknowledged, failed }) => {
    const good = Object.values(acknowledged).reduce((sum, count) => sum + count, 0);
    return good + failed < 10 ? 0 : (100 * failed) / (good + failed);
  });
  return Math.max(0, ...shares);
}
