import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeLaunchTemplateVersionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  DescribeListenersCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { App, CfnResource, Tags } from 'aws-cdk-lib';
import { cdkEnvironment } from '../../bench/cdk-environment';
import { systemClock } from '../../lib/clock';
import { deployAssembly } from '../../lib/lab/deploy';
import { labPaths } from '../../lib/lab/paths';
import { COLOURS, type Colour, cloneGroupName, liveSettingName, targetGroupName } from '../../lib/naming';
import { weightsOf } from '../../lib/runtime/live-settings/live-settings-aws';
import { loadTopology, type Topology } from '../../regions';
import orders from '../../regions/examples/orders';
import { buildApp } from '../../stacks';
import { ROOT } from '../helpers/sources';
import { connect, SEED } from './lab';

/** Key under which these tests deploy and ask, apart from everybody else's. */
export const CALLER = 'lab-laws';
const { application } = orders;

/** What a changed app differs in from the one that the lab was born with. */
export interface Change {
  readonly topology: Partial<Topology>;
  /** Value of a tag on everything. */
  readonly release: string;
  /** Region whose service stack gets one more tag, and a resource that fails when all the rest is done. */
  readonly failsIn?: string;
}

/** Synthesizes the changed app. */
export function synthesize(folder: string, change: Change): string {
  const context = JSON.parse(cdkEnvironment(ROOT).CDK_CONTEXT_JSON ?? '{}');
  const app = new App({ outdir: folder, context, analyticsReporting: false });
  const stages = buildApp(app, loadTopology({ ...orders, ...change.topology }));
  // A stage is a boundary of aspects, and tags are aspects.
  for (const stage of stages) Tags.of(stage).add('release', change.release);
  for (const { node, service } of stages.filter(stage => stage.node.id === change.failsIn)) {
    Tags.of(service).add('attempt', node.id);
    const properties = { Engine: 'aurora-postgresql', GlobalClusterIdentifier: 'none' };
    const last = new CfnResource(service, 'Fails', { type: 'AWS::RDS::DBCluster', properties });
    last.node.addDependency(...service.node.children.filter(child => child !== last));
  }
  app.synth();
  return folder;
}

/** Copies an assembly and then deletes every part of the copy but one Region's. */
export function partOf(assembly: string, region: string, folder: string): string {
  cpSync(assembly, folder, { recursive: true });
  const file = path.join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  for (const [id, { type }] of Object.entries<{ type: string }>(manifest.artifacts)) {
    if (type === 'cdk:cloud-assembly' && id !== `assembly-${region}`) delete manifest.artifacts[id];
  }
  writeFileSync(file, JSON.stringify(manifest));
  const others = readdirSync(folder).filter(name => /^assembly-/.test(name) && name !== `assembly-${region}`);
  for (const name of others) rmSync(path.join(folder, name), { recursive: true });
  return folder;
}

/** Deploys an assembly as `holdfast up` does; names the stacks that were changed. The CLI asks for an update of a stack that reads a
 * public parameter even when nothing has changed, and is told that there is none. */
export async function deploy(assembly: string, caller = CALLER): Promise<readonly string[]> {
  const { endpoint, gateway } = connect();
  const paths = labPaths(ROOT);
  const [last] = (await gateway.calls()).slice(-1);
  await deployAssembly({
    application,
    seed: SEED,
    homes: [{ seed: SEED }],
    endpoint,
    caller,
    assembly,
    projectRoot: ROOT,
    stateFolder: paths.state,
    labId: paths.labId,
    cdkCli: path.join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk'),
    environment: process.env,
    clock: systemClock,
    output: { emit: () => undefined },
    signal: new AbortController().signal,
  });
  const calls = await gateway.calls({ caller, service: 'cloudformation', after: last?.sequence });
  return calls
    .filter(({ action, status }) => /^(Create|Update|Delete)Stack$|ChangeSet$/.test(action) && status < 400)
    .map(({ region, parameters }) => `${region}/${parameters?.StackName}`)
    .filter(name => !name.endsWith('/CDKToolkit'))
    .sort();
}

const settings = (region: string) => ({
  region,
  endpoint: connect().endpoint,
  credentials: { accessKeyId: CALLER, secretAccessKey: 'lab' },
});

async function group(region: string, colour: Colour) {
  const name = cloneGroupName(application, colour);
  const { AutoScalingGroups = [] } = await new AutoScalingClient(settings(region)).send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  return AutoScalingGroups[0];
}

/** Values of each colour that belong to the run time. */
export interface LiveValues {
  readonly weights: Readonly<Record<Colour, number>>;
  readonly floors: Readonly<Record<Colour, number>>;
}

/** Stores live values, as whoever owns them does; the controller gives them to listener and groups. */
export async function storeLive(region: string, { weights, floors }: LiveValues): Promise<void> {
  const client = new SSMClient(settings(region));
  const store = (name: string, value: unknown) => {
    const Name = liveSettingName(application, name);
    const Value = JSON.stringify(value);
    return client.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }));
  };
  await store('weights', weights);
  for (const colour of COLOURS) await store(`floor/${cloneGroupName(application, colour)}`, floors[colour]);
}

/** The weights as they are stored, with the number of their writing. */
export async function storedWeights(region: string) {
  const Name = liveSettingName(application, 'weights');
  const { Parameter } = await new SSMClient(settings(region)).send(new GetParameterCommand({ Name }));
  return { weights: JSON.parse(Parameter?.Value ?? 'null'), version: Parameter?.Version };
}

/** The values that listener and groups have. */
export async function liveValues(region: string): Promise<LiveValues> {
  const client = new ElasticLoadBalancingV2Client(settings(region));
  const Names = COLOURS.map(colour => targetGroupName(application, colour));
  const { TargetGroups = [] } = await client.send(new DescribeTargetGroupsCommand({ Names }));
  const [LoadBalancerArn] = TargetGroups[0]?.LoadBalancerArns ?? [];
  const { Listeners = [] } = await client.send(new DescribeListenersCommand({ LoadBalancerArn }));
  const arn = (colour: Colour) =>
    TargetGroups.find(({ TargetGroupName }) => TargetGroupName === targetGroupName(application, colour))
      ?.TargetGroupArn ?? '';
  const arns = { blue: arn('blue'), green: arn('green') };
  const [weights] = Listeners.flatMap(({ DefaultActions }) => weightsOf(DefaultActions, arns) ?? []);
  if (weights === undefined) throw new Error(`no listener of ${region} forwards`);
  const [blue, green] = await Promise.all(
    COLOURS.map(async colour => (await group(region, colour))?.MinSize),
  );
  return { weights, floors: { blue: blue ?? -1, green: green ?? -1 } };
}

/** Number of the last call by which the controller of a Region has given its listener other weights; 0 for none. */
export async function lastPutRight(region: string): Promise<number> {
  const calls = await connect().gateway.calls({
    caller: 'lab-live-settings',
    action: 'ModifyListener',
    region,
  });
  return calls.filter(({ status }) => status === 200).at(-1)?.sequence ?? 0;
}

/** What a deploy was to change: class of the instances, type of new clones, tag of the blue group. */
export async function deployedFacts(region: string) {
  const { DBInstances = [] } = await new RDSClient(settings(region)).send(new DescribeDBInstancesCommand({}));
  const blue = await group(region, 'blue');
  const { LaunchTemplateVersions = [] } = await new EC2Client(settings(region)).send(
    new DescribeLaunchTemplateVersionsCommand({
      LaunchTemplateId: blue?.LaunchTemplate?.LaunchTemplateId,
      Versions: ['$Latest'],
    }),
  );
  return {
    classes: [...new Set(DBInstances.map(({ DBInstanceClass }) => DBInstanceClass))],
    type: LaunchTemplateVersions[0]?.LaunchTemplateData?.InstanceType,
    release: blue?.Tags?.find(({ Key }) => Key === 'release')?.Value,
  };
}

/** State of the stack of a Region's service. */
export async function serviceStackStatus(region: string): Promise<string | undefined> {
  const { Stacks = [] } = await new CloudFormationClient(settings(region)).send(
    new DescribeStacksCommand({ StackName: `${application}-service` }),
  );
  return Stacks[0]?.StackStatus;
}
