import type { DriftRule } from '../../classify/rule';
import { isStateful, replacesByLookup } from '../stateful';
import { isLive } from '../values';

const REPLACING = ['replace', 'may-replace'];

/** Data that is deleted is gone, and a replacement is a deletion. */
export const statefulLoss: DriftRule = {
  id: 'stateful-loss',
  class: 'danger',
  title: 'a stateful resource is replaced or deleted',
  why: 'the resource holds what nothing brings back: data, keys, names, capacity in use',
  fix: 'keep the properties that replace it as they are, or move the data first and retain the old resource',
  source: 'aws/aws-cdk#27177; AWS CloudFormation, update behaviors of stack resources',
  judge: change => {
    if (!isStateful(change.type)) return undefined;
    if (change.action === 'delete') {
      const gone = isLive(change) ? 'it is gone from the account' : 'it is deleted, with what it holds';
      return { holds: 'yes', why: gone };
    }
    if (change.action === 'forget') {
      const why =
        'it stays in the account, and no stack owns it any more: nobody backs it up, watches it or deletes it';
      return { holds: 'yes', why, fix: 'import it into the stack that is to own it' };
    }
    if (!REPLACING.includes(change.action) || replacesByLookup(change)) return undefined;
    const replacing = change.differences.filter(({ replaces }) => (replaces ?? 'no') !== 'no');
    const paths = replacing.length === 0 ? {} : { paths: replacing.map(({ path }) => path) };
    return change.action === 'replace'
      ? { holds: 'yes', ...paths, why: 'the change makes a new, empty resource and deletes this one' }
      : { holds: 'yes', ...paths, why: 'the change may make a new, empty resource and delete this one' };
  },
};
