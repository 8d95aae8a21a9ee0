import type { Judged } from '../../classify/rule';
import { isObject, own } from '../../compare/values';
import type { Json, ResourceChange } from '../../model';
import { isEmpty } from '../tf-values';
import { listOf } from '../values';
import { deletesSooner } from './bucket-lifecycle';

/** Where rules stand by which a bucket deletes, by type. */
const LISTS: ReadonlyMap<string, string> = new Map([
  ['aws_s3_bucket_lifecycle_configuration', 'rule'],
  ['aws_s3_bucket', 'lifecycle_rule'],
]);
const TIMES = ['expiration', 'noncurrent_version_expiration'];
const NO_FILTER = [...TIMES, 'id', 'status', 'enabled', 'transition', 'noncurrent_version_transition'];

/** Rules by which a bucket deletes what it did not delete, or not so soon. */
export function tfDeleting(change: ResourceChange): Judged[] {
  const list = LISTS.get(change.type);
  if (list === undefined) return [];
  const [before, after] = [change.before, change.after].map(each => listOf(own(each, list)).map(ruleOf));
  if (!deletesSooner(before ?? [], after ?? [])) return [];
  const why = 'objects are deleted that were not, or sooner';
  if (change.action === 'create') return change.type === 'aws_s3_bucket' ? [] : [{ holds: 'yes', why }];
  const paths = change.differences.map(({ path }) => path).filter(path => path.startsWith(list));
  return paths.length === 0 ? [] : [{ holds: 'yes', paths, why }];
}

/** A rule in the form that CloudFormation has for it. */
function ruleOf(rule: Json): Json {
  const [expiration, versions] = TIMES.map(name => listOf(own(rule, name))[0]);
  const [days, date] = ['days', 'date'].map(name => own(expiration, name));
  const noncurrent = own(versions, 'noncurrent_days') ?? own(versions, 'days');
  const isOff = own(rule, 'status') === 'Disabled' || own(rule, 'enabled') === false;
  const filter = Object.entries(isObject(rule) ? rule : {}).filter(
    ([name, value]) => !NO_FILTER.includes(name) && !isEmpty(value),
  );
  return {
    ...Object.fromEntries(filter),
    Status: isOff ? 'Disabled' : 'Enabled',
    ...(typeof days === 'number' && days > 0 ? { ExpirationInDays: days } : {}),
    ...(isEmpty(date) ? {} : { ExpirationDate: date as Json }),
    ...(isEmpty(noncurrent) ? {} : { NoncurrentVersionExpiration: { NoncurrentDays: noncurrent as Json } }),
  };
}
