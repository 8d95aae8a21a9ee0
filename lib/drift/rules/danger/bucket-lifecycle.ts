import { type Judged, under } from '../../classify/rule';
import { isObject, own } from '../../compare/values';
import type { Json, ResourceChange } from '../../model';
import { at, canonical } from '../../paths';
import { listOf, numberOf } from '../values';

const RULES = 'Properties.LifecycleConfiguration';
const DAYS = ['ExpirationInDays', 'NoncurrentVersionExpirationInDays'];
/** Fields of a rule that delete. */
const DELETING = [...DAYS, 'ExpirationDate', 'NoncurrentVersionExpiration'];
/** Fields that say how long, or move what stays. */
const NO_FILTER = [...DELETING, 'Id', 'Status', 'Transition', 'Transitions', 'NoncurrentVersionTransition'];

/** Whether a path leads into the rules by which a bucket deletes. */
export const isLifecycle = (path: string): boolean => path.startsWith(RULES);

/** Rules by which a bucket deletes what it did not delete, or not so soon. */
export function deleting(change: ResourceChange): Judged | undefined {
  if (change.type !== 'AWS::S3::Bucket') return undefined;
  const paths = under(change, RULES).map(({ path }) => path);
  if (paths.length === 0) return undefined;
  const [before, after] = [change.before, change.after].map(each => listOf(at(each, `${RULES}.Rules`)));
  return deletesSooner(before ?? [], after ?? [])
    ? { holds: 'yes', paths, why: 'objects are deleted that were not, or sooner' }
    : undefined;
}

/** Whether rules, in the form of CloudFormation, delete what others leave, or leave for longer. */
export function deletesSooner(before: readonly Json[], after: readonly Json[]): boolean {
  const old = acting(before);
  return acting(after).some(rule => !old.some(each => keepsAsLong(rule, each)));
}

const acting = (rules: readonly Json[]): readonly Json[] =>
  rules.filter(
    rule => own(rule, 'Status') !== 'Disabled' && DELETING.some(name => own(rule, name) !== undefined),
  );

/** Whether a rule deletes the same objects as another, and none of them sooner. */
function keepsAsLong(rule: Json, old: Json): boolean {
  if (canonical(filterOf(rule)) !== canonical(filterOf(old))) return false;
  if (canonical(own(rule, 'ExpirationDate')) !== canonical(own(old, 'ExpirationDate'))) return false;
  return daysOf(rule).every((days, place) => days >= (daysOf(old)[place] as number));
}

const filterOf = (rule: Json): Json =>
  Object.fromEntries(
    Object.entries(isObject(rule) ? rule : {}).filter(([name]) => !NO_FILTER.includes(name)),
  );

/** Days until each kind goes; without an end where the rule does not speak of it. */
const daysOf = (rule: Json): readonly number[] =>
  [...DAYS.map(name => own(rule, name)), at(rule, 'NoncurrentVersionExpiration.NoncurrentDays')].map(days =>
    days === undefined ? Number.POSITIVE_INFINITY : numberOf(days),
  );
