import type { DriftRule, Judged } from '../../classify/rule';
import type { Difference, ResourceChange } from '../../model';
import { at, canonical, nameOf } from '../../paths';
import { leavesOf } from '../leaves';
import { atLeaves, listOf } from '../values';
import { lowered, switchedOff } from './lowered';

const COUNTS = new Set([
  ...['MinSize', 'MaxSize', 'MinCapacity', 'MaxCapacity', 'DesiredCapacity', 'DesiredCount'],
  ...['ReservedConcurrentExecutions', 'ProvisionedConcurrentExecutions', 'ReadCapacityUnits'],
  ...['WriteCapacityUnits', 'MaxReadRequestUnits', 'MaxWriteRequestUnits', 'ShardCount', 'NumCacheClusters'],
  ...['NumNodeGroups', 'ReplicasPerNodeGroup', 'NumCacheNodes', 'AllocatedStorage', 'Iops', 'InstanceCount'],
  ...['TotalInstanceCount', 'MinInstancesInService', 'MinHealthyPercentage', 'MinimumHealthyPercent'],
]);
/** Switches that keep a second zone ready. */
const ZONES = new Set([
  ...['MultiAZ', 'MultiAZEnabled', 'AutomaticFailoverEnabled', 'ZoneAwarenessEnabled'],
  ...['MultiAZWithStandbyEnabled'],
]);
/** Lists of the zones in which something stands. */
const PLACES = new Set(['VPCZoneIdentifier', 'Subnets', 'SubnetIds', 'SubnetMappings']);
const CLASSES = new Set(['DBInstanceClass', 'CacheNodeType', 'InstanceType', 'NodeType']);
const SIZES = [
  ...[
    'nano',
    'micro',
    'small',
    'medium',
    'large',
    'xlarge',
    '2xlarge',
    '3xlarge',
    '4xlarge',
    '6xlarge',
    '8xlarge',
  ],
  ...['9xlarge', '10xlarge', '12xlarge', '16xlarge', '18xlarge', '24xlarge', '32xlarge', '48xlarge'],
];

/** A Region that must take over can carry only what stands there. */
export const capacityLowered: DriftRule = {
  id: 'capacity-lowered',
  class: 'danger',
  title: 'capacity is lowered',
  why: 'what is promised must stand before traffic comes: a scaling action during the event is no promise',
  fix: 'keep the number, or show that the promised load is carried without it',
  apart: 'one Region carries less than the other, or stands in fewer zones',
  source: 'law 9; aws/aws-cdk#5215; AWS, static stability using Availability Zones',
  judge: change => {
    if (change.action === 'create' || change.action === 'delete') return undefined;
    return [
      ...lowered(change, COUNTS).filter(each => !isDesiredRemoved(each, change.differences)),
      ...change.differences.flatMap(sizeFalls),
      ...[
        atLeaves(
          leavesOf(change).filter(each => switchedOff(each, ZONES)),
          { why: 'it stands in one zone alone, or stays down when its zone is lost' },
        ),
        ...change.differences.map(each => placesLost(change, each)),
        atLeaves(
          leavesOf(change).filter(({ path, before }) => path === BILLING && before === 'PAY_PER_REQUEST'),
          { why: 'it scaled by itself, and carries a fixed number from now on' },
        ),
      ].filter(each => each !== undefined),
    ];
  },
};

const BILLING = 'Properties.BillingMode';

/** A list of subnets that loses some and gains none. */
function placesLost(change: ResourceChange, { path }: Difference): Judged | undefined {
  const list = path.replace(/\[\d+\]$/, '');
  if (!PLACES.has(nameOf(list))) return undefined;
  const [before = [], after = []] = [change.before, change.after].map(each =>
    listOf(at(each, list)).map(canonical),
  );
  const isLess =
    after.length < before.length && after.length > 0 && after.every(each => before.includes(each));
  return isLess ? { holds: 'yes', paths: [path], why: 'it leaves a zone' } : undefined;
}

/** A template that stops saying how many leaves the number to the scaling, which is how it should be. */
const isDesiredRemoved = (verdict: Judged, differences: readonly Difference[]): boolean =>
  differences.some(
    ({ path, after }) =>
      path === verdict.paths?.[0] && after === undefined && /(?:DesiredCapacity|DesiredCount)$/.test(path),
  );

/** Sizes within one family; of two families nobody can say which carries more. */
function sizeFalls({ path, before, after }: Difference): Judged[] {
  if (!CLASSES.has(nameOf(path)) || typeof before !== 'string' || typeof after !== 'string') return [];
  const [old, next] = [before, after].map(
    each => [each.replace(/\.[^.]+$/, ''), SIZES.indexOf(each.split('.').at(-1) ?? '')] as const,
  );
  if (old === undefined || next === undefined || old[1] === -1 || next[1] === -1) return [];
  if (old[0] === next[0])
    return next[1] < old[1]
      ? [{ holds: 'yes', paths: [path], why: `it falls from ${before} to ${after}` }]
      : [];
  return [
    { holds: 'perhaps', paths: [path], why: `whether ${after} carries what ${before} does cannot be told` },
  ];
}
