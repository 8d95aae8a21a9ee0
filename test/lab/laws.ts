import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeLaunchTemplateVersionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { App, CfnResource, Tags } from 'aws-cdk-lib';
import { cdkEnvironment } from '../../bench/cdk-environment';
import { systemClock } from '../../lib/clock';
import { deployAssembly } from '../../lib/lab/deploy';
import { labPaths } from '../../lib/lab/paths';
import { cloneGroupName } from '../../lib/naming';
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

/** Synthesizes the changed app and then deletes every part of the assembly but one Region's. */
export function assemblyOf(folder: string, region: string, change: Change): string {
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
  deleteOthers(folder, region);
  return folder;
}

function deleteOthers(folder: string, region: string): void {
  const file = path.join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  for (const [id, { type }] of Object.entries<{ type: string }>(manifest.artifacts)) {
    if (type === 'cdk:cloud-assembly' && id !== `assembly-${region}`) delete manifest.artifacts[id];
  }
  writeFileSync(file, JSON.stringify(manifest));
  const others = readdirSync(folder).filter(name => /^assembly-/.test(name) && name !== `assembly-${region}`);
  for (const name of others) rmSync(path.join(folder, name), { recursive: true });
}

/** Deploys an assembly as `holdfast up` does; names the stacks that were changed. The CLI asks for an update of a stack that reads a
 * public parameter even when nothing has changed, and is told that there is none. */
export async function deploy(assembly: string): Promise<readonly string[]> {
  const { endpoint, gateway } = connect();
  const paths = labPaths(ROOT);
  const [last] = (await gateway.calls()).slice(-1);
  await deployAssembly({
    application,
    seed: SEED,
    endpoint,
    caller: CALLER,
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
  const calls = await gateway.calls({ caller: CALLER, service: 'cloudformation', after: last?.sequence });
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

/** The group of blue clones. */
export async function blueGroup(region: string) {
  const name = cloneGroupName(application, 'blue');
  const { AutoScalingGroups = [] } = await new AutoScalingClient(settings(region)).send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  return AutoScalingGroups[0];
}

/** Raises or lowers the floor of the blue clones, as a person or a drill does. */
export async function setMinimum(region: string, MinSize: number): Promise<void> {
  const AutoScalingGroupName = cloneGroupName(application, 'blue');
  const client = new AutoScalingClient(settings(region));
  await client.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, MinSize }));
}

/** What a deploy was to change: class of the instances, type of new clones, tag of the blue group. */
export async function deployedFacts(region: string) {
  const { DBInstances = [] } = await new RDSClient(settings(region)).send(new DescribeDBInstancesCommand({}));
  const group = await blueGroup(region);
  const { LaunchTemplateVersions = [] } = await new EC2Client(settings(region)).send(
    new DescribeLaunchTemplateVersionsCommand({
      LaunchTemplateId: group?.LaunchTemplate?.LaunchTemplateId,
      Versions: ['$Latest'],
    }),
  );
  return {
    classes: [...new Set(DBInstances.map(({ DBInstanceClass }) => DBInstanceClass))],
    type: LaunchTemplateVersions[0]?.LaunchTemplateData?.InstanceType,
    release: group?.Tags?.find(({ Key }) => Key === 'release')?.Value,
  };
}

/** State of the stack of a Region's service. */
export async function serviceStackStatus(region: string): Promise<string | undefined> {
  const { Stacks = [] } = await new CloudFormationClient(settings(region)).send(
    new DescribeStacksCommand({ StackName: `${application}-service` }),
  );
  return Stacks[0]?.StackStatus;
}
