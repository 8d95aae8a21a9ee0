import type { DriftRule } from '../../classify/rule';
import { sameValue } from '../../compare/differences';
import type { Json, ResourceChange } from '../../model';
import { at, canonical, listsOn, nameOf } from '../../paths';

/** Lists of which the service makes sets, whatever the type. Order stays a change everywhere else. */
export const SETS: ReadonlySet<string> = new Set([
  ...['Tags', 'HealthCheckTags', 'HostedZoneTags', 'FileSystemTags', 'TagKeys', 'AttributeDefinitions'],
  ...['SecurityGroups', 'SecurityGroupIds', 'VpcSecurityGroupIds', 'VPCSecurityGroups', 'GroupSet'],
  ...['SecurityGroupIngress', 'SecurityGroupEgress', 'Subnets', 'SubnetIds', 'VPCZoneIdentifier'],
  ...['RouteTableIds', 'ManagedPolicyArns', 'Policies', 'Roles', 'Users', 'Groups', 'ResourceRecords'],
  ...['TargetGroupARNs', 'LoadBalancerAttributes', 'TargetGroupAttributes', 'Targets', 'Certificates'],
  ...['MetricsCollection', 'NotificationConfigurations', 'LifecycleHookSpecificationList', 'Dimensions'],
  ...['AlarmActions', 'OKActions', 'InsufficientDataActions', 'EventCategories', 'SourceIds'],
  ...['EnableCloudwatchLogsExports', 'AssociatedRoles', 'Replicas', 'ReplicaRegions', 'StreamViewTypes'],
  ...['GlobalSecondaryIndexes', 'LocalSecondaryIndexes', 'NonKeyAttributes', 'ChildHealthChecks', 'Regions'],
  ...['AllowedMethods', 'AllowedHeaders', 'AllowedOrigins', 'ExposedHeaders', 'UserIds', 'UserGroupIds'],
  ...['LogTypes', 'FunctionResponseTypes', 'Architectures', 'CompatibleRuntimes'],
]);

/** Whether two lists hold the same, in whatever order. */
export function sameSet(left: readonly Json[], right: readonly Json[]): boolean {
  if (left.length !== right.length) return false;
  const rest = [...right];
  for (const item of left) {
    const text = canonical(item);
    let found = rest.findIndex(each => canonical(each) === text);
    if (found === -1) found = rest.findIndex(each => sameValue(item, each));
    if (found === -1) return false;
    rest.splice(found, 1);
  }
  return true;
}

/** Whether the outermost set on the way to a path holds the same before and after. */
function standsInSameSet(change: ResourceChange, path: string, known: Map<string, boolean>): boolean {
  return [...listsOn(path), path].some(list => {
    if (!SETS.has(nameOf(list)) || list.endsWith(']')) return false;
    const same =
      known.get(list) ??
      (() => {
        const [before, after] = [at(change.before, list), at(change.after, list)];
        return Array.isArray(before) && Array.isArray(after) && sameSet(before, after);
      })();
    known.set(list, same);
    return same;
  });
}

/** The order of a set means nothing. */
export const listOrder: DriftRule = {
  id: 'list-order',
  class: 'noise',
  title: 'only the order of a list changes that the service keeps as a set',
  why: 'tags, groups, subnets and the like have no order; services answer in any',
  fix: 'nothing; sort the list where it is made',
  source: 'go-to-k/cdk-real-drift#303; hashicorp/terraform-provider-aws#11823',
  judge: change => {
    const known = new Map<string, boolean>();
    const paths = change.differences
      .map(({ path }) => path)
      .filter(path => standsInSameSet(change, path, known));
    return paths.length === 0 ? undefined : { holds: 'yes', paths };
  },
};
