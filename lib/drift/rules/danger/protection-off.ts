import type { DriftRule, Judged } from '../../classify/rule';
import { intrinsicOf, isObject, textOf } from '../../compare/values';
import type { Difference, Json, ResourceChange } from '../../model';
import { at } from '../../paths';
import { isStateful } from '../stateful';
import { atNames, atPaths, isOff, listOf } from '../values';

const FLAGS = new Set([
  ...['DeletionProtection', 'DeletionProtectionEnabled', 'DisableApiTermination', 'ObjectLockEnabled'],
  ...['TerminationProtection', 'EnableTerminationProtection', 'DeleteProtection', 'SubnetChangeProtection'],
  ...['FirewallPolicyChangeProtection'],
]);
const POLICIES = ['DeletionPolicy', 'UpdateReplacePolicy'];
const KEEPING = ['Retain', 'RetainExceptOnCreate', 'Snapshot'];

const wasOn = (value: Json | undefined): boolean =>
  !isOff(value) && value !== 'INACTIVE' && value !== 'Disabled';

/** What kept a mistake from being final is taken away. */
export const protectionOff: DriftRule = {
  id: 'protection-off',
  class: 'danger',
  title: 'protection from deletion is taken away',
  why: 'the next mistake deletes it for good',
  fix: 'put the protection back; take it away only in the change that is to delete the resource',
  apart: 'one Region can be deleted by mistake, and the other cannot',
  source: 'AWS CloudFormation, DeletionPolicy attribute; Amazon RDS, deletion protection',
  judge: change => {
    if (change.action === 'create' || change.action === 'delete') return undefined;
    const verdicts = [
      atNames(change, FLAGS, each => wasOn(each.before) && !wasOn(each.after) && each.unknownAfter !== true),
      leftOpen(change),
      atPaths(change.differences.filter(each => isPolicyDropped(each, change))),
      ofAttributes(change),
    ];
    return verdicts.filter(each => each !== undefined);
  },
};

/** Protection that a parameter or a condition decides from now on. */
function leftOpen(change: ResourceChange): Judged | undefined {
  const decided = ({ before, after }: Difference) =>
    wasOn(before) && !isObject(before) && intrinsicOf(after) !== undefined;
  const found = atNames(change, FLAGS, decided);
  const why = 'it was on, and is decided at deploy from now on, so whether it stays on cannot be told';
  return found && { ...found, holds: 'perhaps', why };
}

function isPolicyDropped({ path, before, after }: Difference, change: ResourceChange): boolean {
  if (
    !POLICIES.includes(path) ||
    !KEEPING.includes(textOf(before)) ||
    KEEPING.slice(0, 2).includes(textOf(after))
  )
    return false;
  // These make a snapshot when nothing is said (AWS CloudFormation, DeletionPolicy attribute).
  if (path === 'DeletionPolicy' && after === undefined && before === 'Snapshot' && isSnapshotted(change))
    return false;
  const [from, to] = [KEEPING.indexOf(textOf(before)), KEEPING.indexOf(textOf(after))];
  return isStateful(change.type) && (to === -1 || from < to);
}

const isSnapshotted = ({ type, after }: ResourceChange): boolean =>
  type === 'AWS::RDS::DBCluster' ||
  (type === 'AWS::RDS::DBInstance' && at(after, 'Properties.DBClusterIdentifier') === undefined);

/** Attributes of a balancer are a list of keys and texts. */
function ofAttributes(change: ResourceChange): Judged | undefined {
  const path = 'Properties.LoadBalancerAttributes';
  const isOn = (resource: Json | undefined) =>
    listOf(at(resource, path)).some(
      each => at(each, 'Key') === 'deletion_protection.enabled' && textOf(at(each, 'Value')) === 'true',
    );
  if (!isOn(change.before) || isOn(change.after)) return undefined;
  return atPaths(change.differences.filter(each => each.path.startsWith(path)));
}
