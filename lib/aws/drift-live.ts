import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  paginateDescribeAutoScalingGroups,
} from '@aws-sdk/client-auto-scaling';
import {
  type Action,
  DescribeListenersCommand,
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { DescribeGlobalReplicationGroupsCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache';
import {
  type EventSourceMappingConfiguration,
  GetEventSourceMappingCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { DescribeGlobalClustersCommand, RDSClient } from '@aws-sdk/client-rds';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Json, LiveReads } from '../drift';
import { ask, type Connection } from './clients';
import { isMoving } from './database';
import { orNothing, plain } from './drift-answers';
import { driftConfig } from './drift-config';
import { driftDns } from './drift-dns';
import { RegisterTable } from './register';

/** What runs in a Region's account, read and never written. */
export function liveReads(connection: Connection, application: string): LiveReads {
  const register = new RegisterTable(connection, application);
  return {
    ...driftDns(connection),
    ...driftConfig(connection),
    actions: (region, arn) => actions(connection, region, arn),
    group: (region, name) => group(connection, region, name),
    groupNames: (region, beginning) => groupNames(connection, region, beginning),
    setting: (region, name) =>
      orNothing(`reading ${name} in ${region}`, async () => {
        const command = new GetParameterCommand({ Name: name });
        return (await connection.client(SSMClient, region).send(command)).Parameter?.Value;
      }),
    mapping: (region, id) =>
      orNothing(`reading event-source mapping ${id} in ${region}`, async () => {
        const command = new GetEventSourceMappingCommand({ UUID: id });
        return mappingOf(await connection.client(LambdaClient, region).send(command));
      }),
    globalCluster: (region, identifier) =>
      orNothing(`describing global cluster ${identifier} in ${region}`, async () => {
        const command = new DescribeGlobalClustersCommand({ GlobalClusterIdentifier: identifier });
        const [found] = (await connection.client(RDSClient, region).send(command)).GlobalClusters ?? [];
        if (found === undefined) return undefined;
        const members = (found.GlobalClusterMembers ?? []).map(({ DBClusterArn = '', IsWriter = false }) => ({
          ...{ arn: DBClusterArn, isWriter: IsWriter },
        }));
        return { moving: isMoving(found), deletionProtection: found.DeletionProtection === true, members };
      }),
    globalDatastore: (region, id) =>
      orNothing(`describing global datastore ${id} in ${region}`, async () => {
        const of = { GlobalReplicationGroupId: id, ShowMemberInfo: true };
        const command = new DescribeGlobalReplicationGroupsCommand(of);
        const client = connection.client(ElastiCacheClient, region);
        const [found] = (await client.send(command)).GlobalReplicationGroups ?? [];
        if (found === undefined) return undefined;
        const members = (found.Members ?? []).map(each => ({
          ...{ id: each.ReplicationGroupId ?? '', region: each.ReplicationGroupRegion ?? '' },
          isPrimary: each.Role?.toUpperCase() === 'PRIMARY',
        }));
        return { status: found.Status ?? 'unknown', members };
      }),
    register: async region => (await register.read(region))?.record,
  };
}

function actions(connection: Connection, region: string, arn: string): Promise<readonly Json[] | undefined> {
  const client = connection.client(ElasticLoadBalancingV2Client, region);
  return orNothing(`describing ${arn} in ${region}`, async () => {
    const found: readonly Action[] | undefined = arn.includes(':listener-rule/')
      ? (await client.send(new DescribeRulesCommand({ RuleArns: [arn] }))).Rules?.[0]?.Actions
      : (await client.send(new DescribeListenersCommand({ ListenerArns: [arn] }))).Listeners?.[0]
          ?.DefaultActions;
    return found?.map(plain);
  });
}

function group(connection: Connection, region: string, name: string): Promise<Json | undefined> {
  return ask(`describing Auto Scaling group ${name} in ${region}`, async () => {
    const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] });
    const { AutoScalingGroups = [] } = await connection.client(AutoScalingClient, region).send(command);
    const [found] = AutoScalingGroups;
    if (found === undefined) return undefined;
    const { MinSize = 0, MaxSize = 0, DesiredCapacity = 0 } = found;
    return { MinSize, MaxSize, DesiredCapacity };
  });
}

function groupNames(connection: Connection, region: string, beginning: string): Promise<readonly string[]> {
  const client = connection.client(AutoScalingClient, region);
  return ask(`listing Auto Scaling groups in ${region}`, async () => {
    const names: string[] = [];
    for await (const { AutoScalingGroups = [] } of paginateDescribeAutoScalingGroups({ client }, {})) {
      names.push(...AutoScalingGroups.map(({ AutoScalingGroupName: name = '' }) => name));
    }
    return names.filter(name => name.startsWith(beginning));
  });
}

/** In the form of `AWS::Lambda::EventSourceMapping`, with the state in the service's words. */
function mappingOf(mapping: EventSourceMappingConfiguration): Json {
  const { State = '', FunctionArn = '', BatchSize, MaximumBatchingWindowInSeconds } = mapping;
  return plain({ State, FunctionName: FunctionArn, BatchSize, MaximumBatchingWindowInSeconds });
}
