import { AutoScalingClient, UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import {
  type Action,
  DescribeListenersCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { LambdaClient, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import {
  DescribeGlobalClustersCommand,
  RDSClient,
  SwitchoverGlobalClusterCommand,
} from '@aws-sdk/client-rds';
import {
  ChangeResourceRecordSetsCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
  UpdateHealthCheckCommand,
} from '@aws-sdk/client-route-53';
import { clusterIdentifier, globalClusterIdentifier, regionHost } from '../../lib/naming';
import { mappingStack } from '../helpers/mapping-stack';
import { connect, eventually, HOST, SEED, STANDBY, topology } from './lab';

/** Puts back what was changed. */
export type Undo = () => Promise<unknown>;

const { application } = topology;
/** A stack of somebody else, in both Regions. */
export const STACK = 'by-hand';

const settings = (region: string) => ({
  region,
  endpoint: connect().endpoint,
  credentials: { accessKeyId: 'lab-by-hand', secretAccessKey: 'lab' },
});

/** What a resource is called in the account, by the beginning of its logical id. */
async function physical(region: string, stack: string, beginning: string): Promise<string> {
  const client = new CloudFormationClient(settings(region));
  const { StackResourceSummaries = [] } = await client.send(
    new ListStackResourcesCommand({ StackName: stack }),
  );
  const found = StackResourceSummaries.find(each => each.LogicalResourceId?.startsWith(beginning));
  if (found?.PhysicalResourceId === undefined) throw new Error(`no ${beginning} in ${stack}`);
  return found.PhysicalResourceId;
}

/** Gives the listener other weights than are stored. */
export async function weights(region: string, given: { blue: number; green: number }): Promise<Undo> {
  const client = new ElasticLoadBalancingV2Client(settings(region));
  const of = (beginning: string) => physical(region, `${application}-service`, beginning);
  const [ListenerArn, blue, green] = await Promise.all(
    ['BalancerTls', 'BalancerBlue', 'BalancerGreen'].map(of),
  );
  const command = new DescribeListenersCommand({ ListenerArns: [ListenerArn ?? ''] });
  const [before] = (await client.send(command)).Listeners ?? [];
  const set = (DefaultActions: Action[] | undefined) =>
    client.send(new ModifyListenerCommand({ ListenerArn, DefaultActions }));
  const TargetGroups = [
    { TargetGroupArn: blue, Weight: given.blue },
    { TargetGroupArn: green, Weight: given.green },
  ];
  await set([{ Type: 'forward', ForwardConfig: { TargetGroups } }]);
  return () => set(before?.DefaultActions);
}

/** Lowers the smallest size of a group, which was 1. */
export async function floor(region: string, group: string, minimum: number): Promise<Undo> {
  const client = new AutoScalingClient(settings(region));
  const set = (MinSize: number) =>
    client.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: group, MinSize }));
  await set(minimum);
  return () => set(1);
}

/** Lets a Region's own name lead elsewhere. */
export async function record(region: string): Promise<Undo> {
  const client = new Route53Client(settings(region));
  const { hostedZoneId: HostedZoneId } = topology.dns;
  const name = regionHost(region, HOST);
  const { ResourceRecordSets = [] } = await client.send(
    new ListResourceRecordSetsCommand({ HostedZoneId, StartRecordName: name, StartRecordType: 'A' }),
  );
  const before = ResourceRecordSets.find(each => each.Name === `${name}.` && each.Type === 'A');
  const set = (ResourceRecordSet: typeof before) =>
    client.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId,
        ChangeBatch: { Changes: [{ Action: 'UPSERT', ResourceRecordSet }] },
      }),
    );
  await set({ Name: name, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '127.0.0.9' }] });
  return () => set(before);
}

/** Disables a check, which counts as healthy from then on. */
export async function disabledCheck(region: string): Promise<Undo> {
  const client = new Route53Client(settings(region));
  const HealthCheckId = await physical(region, `${application}-dns`, 'DnsNotGate');
  const set = (Disabled: boolean) => client.send(new UpdateHealthCheckCommand({ HealthCheckId, Disabled }));
  await set(true);
  return () => set(false);
}

/** Deploys somebody else's stack into both Regions. */
export async function makeStacks(): Promise<void> {
  for (const region of [SEED, STANDBY]) {
    const client = new CloudFormationClient(settings(region));
    const TemplateBody = JSON.stringify(mappingStack(region === SEED));
    await client.send(
      new CreateStackCommand({ StackName: STACK, TemplateBody, Capabilities: ['CAPABILITY_IAM'] }),
    );
    // The emulator makes every mapping enabled.
    await feed(region, 'Turning', region === SEED);
  }
}

/** Takes it away again. */
export async function deleteStacks(): Promise<void> {
  for (const region of [SEED, STANDBY]) {
    await new CloudFormationClient(settings(region)).send(new DeleteStackCommand({ StackName: STACK }));
  }
}

/** Turns a mapping on or off. */
export async function feed(region: string, mapping: string, Enabled: boolean): Promise<void> {
  const UUID = await physical(region, STACK, mapping);
  await new LambdaClient(settings(region)).send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
}

/** Moves the writer without asking the register, and waits until it has moved. */
export async function moveWriter(to: string): Promise<void> {
  const from = to === SEED ? STANDBY : SEED;
  const GlobalClusterIdentifier = globalClusterIdentifier(application);
  const client = new RDSClient(settings(from));
  const describe = async () => {
    const command = new DescribeGlobalClustersCommand({ GlobalClusterIdentifier });
    return (await client.send(command)).GlobalClusters?.[0];
  };
  const members = (await describe())?.GlobalClusterMembers ?? [];
  const target = members.find(each => each.DBClusterArn?.endsWith(`:${clusterIdentifier(application, to)}`));
  await client.send(
    new SwitchoverGlobalClusterCommand({
      GlobalClusterIdentifier,
      TargetDbClusterIdentifier: target?.DBClusterArn,
    }),
  );
  await eventually(`the writer in ${to}`, async () => {
    const now = await describe();
    const writer = now?.GlobalClusterMembers?.find(({ IsWriter }) => IsWriter)?.DBClusterArn;
    return now?.Status === 'available' && writer === target?.DBClusterArn;
  });
}
