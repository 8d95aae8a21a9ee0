import type { DriftRule } from '../../classify/rule';
import { isObject, own, textOf } from '../../compare/values';
import type { Difference, Json, ResourceChange } from '../../model';
import { nameOf } from '../../paths';
import { atPaths, isLive, listOf } from '../values';

const isEmpty = (value: Json | undefined): boolean =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value ?? {}).length === 0);

const isReservedTag = (tag: Json): boolean =>
  /^aws:/.test(textOf(own(tag, 'Key') ?? '')) ||
  (isObject(tag) && Object.keys(tag).some(key => /^aws:/.test(key)));

/** Whether a list of tags only gained those that AWS itself sets. */
function onlyReservedTagsAdded({ path, before, after }: Difference): boolean {
  if (nameOf(path) !== 'Tags' || after === undefined) return false;
  const old = listOf(before).map(each => JSON.stringify(each));
  const added = listOf(after).filter(each => !old.includes(JSON.stringify(each)));
  const kept = listOf(after).length - added.length;
  return added.length > 0 && kept === old.length && added.every(isReservedTag);
}

function isAdded(change: ResourceChange, difference: Difference): boolean {
  if (onlyReservedTagsAdded(difference)) return true;
  // Nothing and an empty value are one, in whichever of the two places the service writes it.
  const { before, after } = difference;
  return (
    isLive(change) && ((before === undefined && isEmpty(after)) || (after === undefined && isEmpty(before)))
  );
}

/** What a service adds of its own is nobody's change. */
export const serviceAdded: DriftRule = {
  id: 'service-added',
  class: 'noise',
  title: 'only what the service itself adds differs',
  why: 'AWS adds tags of its own and answers with empty values where nothing was declared',
  fix: 'nothing',
  source:
    'AWS CloudFormation, detecting drift: what is not declared is not compared; hashicorp/terraform-provider-awscc#2993',
  judge: change => atPaths(change.differences.filter(each => isAdded(change, each))),
};
