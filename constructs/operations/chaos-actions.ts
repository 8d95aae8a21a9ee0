import { Aws } from 'aws-cdk-lib';
import type * as fis from 'aws-cdk-lib/aws-fis';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ChaosExperimentsProps } from './chaos-experiments';
import { ROUTES } from './chaos-routes';

/** What experiments are made from. */
export interface ExperimentPlaces extends ChaosExperimentsProps {
  readonly minutes: number;
  readonly dependencyPort: number;
  /** ARN of a document of Systems Manager that AWS owns. */
  readonly document: (name: string) => string;
}

/** One experiment: targets that must exist, actions that end by themselves, and the rights to do it. */
export interface Experiment {
  /** What happens, in words. */
  readonly what: string;
  readonly targets: Readonly<Record<string, fis.CfnExperimentTemplate.ExperimentTemplateTargetProperty>>;
  readonly actions: Readonly<Record<string, fis.CfnExperimentTemplate.ExperimentTemplateActionProperty>>;
  readonly statements: readonly PolicyStatement[];
}

/** Clones that run, and none that have ended: tags find those for an hour too (BP-64). */
const clones = (
  { cloneTag }: ExperimentPlaces,
  selectionMode: string,
  more: { path: string; values: string[] }[] = [],
) => ({
  resourceType: 'aws:ec2:instance',
  resourceTags: { [cloneTag.key]: cloneTag.value },
  filters: [{ path: 'State.Name', values: ['running'] }, ...more],
  selectionMode,
});

/** Ends when its time is over, whatever becomes of the experiment. */
const lasts = (minutes: number): string => `PT${minutes}M`;

const onClones = ({ cloneTag }: ExperimentPlaces, ...actions: string[]): PolicyStatement =>
  new PolicyStatement({
    actions,
    resources: [`arn:${Aws.PARTITION}:ec2:${Aws.REGION}:${Aws.ACCOUNT_ID}:instance/*`],
    conditions: { StringEquals: { [`aws:ResourceTag/${cloneTag.key}`]: cloneTag.value } },
  });

const readsInstances = (): PolicyStatement =>
  new PolicyStatement({ actions: ['ec2:DescribeInstances', 'tag:GetResources'], resources: ['*'] });

/** A document of AWS run on one clone; it takes its fault back itself, also when it is cancelled. */
function onOneClone(
  places: ExperimentPlaces,
  what: string,
  document: string,
  parameters: Readonly<Record<string, string>>,
): Experiment {
  const { minutes } = places;
  const documentArn = places.document(document);
  return {
    what,
    targets: { clone: clones(places, 'COUNT(1)') },
    actions: {
      fault: {
        actionId: 'aws:ssm:send-command',
        parameters: {
          documentArn,
          documentParameters: JSON.stringify({
            DurationSeconds: String(minutes * 60),
            InstallDependencies: 'False',
            ...parameters,
          }),
          duration: lasts(minutes + 2),
        },
        targets: { Instances: 'clone' },
      },
    },
    statements: [
      readsInstances(),
      onClones(places, 'ssm:SendCommand'),
      new PolicyStatement({ actions: ['ssm:SendCommand'], resources: [documentArn] }),
      new PolicyStatement({ actions: ['ssm:ListCommands', 'ssm:CancelCommand'], resources: ['*'] }),
    ],
  };
}

/** Every experiment; nothing where what it strikes was not given. Source of actions and parameters: the FIS actions reference. */
export const EXPERIMENTS = {
  'zone-power-loss': (places: ExperimentPlaces): Experiment => ({
    what: `every clone in ${places.zone} stops`,
    targets: {
      clones: clones(places, 'ALL', [{ path: 'Placement.AvailabilityZone', values: [places.zone] }]),
    },
    actions: {
      fault: {
        actionId: 'aws:ec2:stop-instances',
        parameters: { startInstancesAfterDuration: lasts(places.minutes) },
        targets: { Instances: 'clones' },
      },
    },
    statements: [readsInstances(), onClones(places, 'ec2:StopInstances', 'ec2:StartInstances')],
  }),
  'instance-stop': (places: ExperimentPlaces): Experiment => ({
    what: 'one clone stops',
    targets: { clone: clones(places, 'COUNT(1)') },
    actions: {
      fault: {
        actionId: 'aws:ec2:stop-instances',
        parameters: { startInstancesAfterDuration: lasts(places.minutes) },
        targets: { Instances: 'clone' },
      },
    },
    statements: [readsInstances(), onClones(places, 'ec2:StopInstances', 'ec2:StartInstances')],
  }),
  'cpu-stress': (places: ExperimentPlaces): Experiment =>
    onOneClone(places, 'one clone has no processor time left', 'AWSFIS-Run-CPU-Stress', {
      LoadPercent: '100',
    }),
  'network-latency': (places: ExperimentPlaces): Experiment =>
    onOneClone(places, 'every packet of one clone is 200 ms late', 'AWSFIS-Run-Network-Latency', {
      DelayMilliseconds: '200',
    }),
  'packet-loss': (places: ExperimentPlaces): Experiment =>
    onOneClone(places, 'one clone loses a tenth of its packets', 'AWSFIS-Run-Network-Packet-Loss', {
      LossPercent: '10',
    }),
  'dependency-black-hole': (places: ExperimentPlaces): Experiment =>
    onOneClone(
      places,
      `one clone gets no answer from port ${places.dependencyPort} any more`,
      'AWSFIS-Run-Network-Blackhole-Port',
      { Protocol: 'tcp', Port: String(places.dependencyPort), TrafficType: 'egress' },
    ),
  'cross-region-disconnect': (places: ExperimentPlaces): Experiment | undefined => {
    const { subnets = [], otherRegion, minutes } = places;
    if (subnets.length === 0 || otherRegion === undefined) return undefined;
    return {
      what: `the subnets do not reach ${otherRegion} any more`,
      targets: {
        subnets: { resourceType: 'aws:ec2:subnet', resourceArns: [...subnets], selectionMode: 'ALL' },
      },
      actions: {
        fault: {
          actionId: 'aws:network:route-table-disrupt-cross-region-connectivity',
          parameters: { duration: lasts(minutes), region: otherRegion },
          targets: { Subnets: 'subnets' },
        },
      },
      statements: [new PolicyStatement({ actions: ROUTES, resources: ['*'] })],
    };
  },
  'aurora-failover': ({ databaseCluster }: ExperimentPlaces): Experiment | undefined =>
    databaseCluster === undefined
      ? undefined
      : {
          what: "the database's writer moves to another zone of the Region",
          targets: {
            cluster: {
              resourceType: 'aws:rds:cluster',
              resourceArns: [databaseCluster],
              selectionMode: 'ALL',
            },
          },
          actions: { fault: { actionId: 'aws:rds:failover-db-cluster', targets: { Clusters: 'cluster' } } },
          statements: [
            new PolicyStatement({ actions: ['rds:FailoverDBCluster'], resources: [databaseCluster] }),
            new PolicyStatement({
              actions: ['rds:DescribeDBClusters', 'rds:DescribeDBInstances'],
              resources: ['*'],
            }),
          ],
        },
  'cache-failover': ({ cacheGroup, minutes, zone }: ExperimentPlaces): Experiment | undefined =>
    cacheGroup === undefined
      ? undefined
      : {
          what: `the cache's nodes in ${zone} have no power`,
          targets: {
            group: {
              resourceType: 'aws:elasticache:replicationgroup',
              resourceArns: [cacheGroup],
              selectionMode: 'ALL',
              parameters: { availabilityZoneIdentifier: zone },
            },
          },
          actions: {
            fault: {
              actionId: 'aws:elasticache:replicationgroup-interrupt-az-power',
              parameters: { duration: lasts(minutes) },
              targets: { ReplicationGroups: 'group' },
            },
          },
          statements: [
            new PolicyStatement({
              actions: ['elasticache:InterruptClusterAzPower'],
              resources: [cacheGroup],
            }),
            new PolicyStatement({
              actions: ['elasticache:DescribeReplicationGroups', 'tag:GetResources'],
              resources: ['*'],
            }),
          ],
        },
  'api-throttle': ({ throttledRole, minutes }: ExperimentPlaces): Experiment | undefined =>
    throttledRole === undefined
      ? undefined
      : {
          what: 'calls of a role to the API of EC2 are throttled',
          targets: {
            role: {
              resourceType: 'aws:iam:role',
              resourceArns: [throttledRole.roleArn],
              selectionMode: 'ALL',
            },
          },
          actions: {
            fault: {
              actionId: 'aws:fis:inject-api-throttle-error',
              parameters: {
                duration: lasts(minutes),
                service: 'ec2',
                operations: 'DescribeInstances,DescribeVolumes',
                percentage: '100',
              },
              targets: { Roles: 'role' },
            },
          },
          statements: [
            new PolicyStatement({
              actions: ['fis:InjectApiThrottleError'],
              resources: [`arn:${Aws.PARTITION}:fis:${Aws.REGION}:${Aws.ACCOUNT_ID}:experiment/*`],
            }),
          ],
        },
} as const;

/** Name of an experiment. */
export type ExperimentId = keyof typeof EXPERIMENTS;
