import type { DriftRule } from '../../classify/rule';
import { differencesOf } from '../../compare/differences';
import { own } from '../../compare/values';
import { isStateful } from '../stateful';
import { isLive } from '../values';

/** Properties that two resources of one role share, however the code that makes them was moved. */
const ALIKE = 0.5;

/** A moved construct gives its resource another logical id: to CloudFormation that is another resource. */
export const statefulRenamed: DriftRule = {
  id: 'stateful-renamed',
  class: 'danger',
  title: 'a stateful resource gets another logical id, so a new one is made and the old one deleted',
  why: 'the code that makes it moved or was renamed; CloudFormation knows it by its logical id alone',
  fix: 'keep the logical id (`overrideLogicalId`, or `cdk refactor`), or retain the resource and import it under the new id',
  source: 'aws/aws-cdk#27177; aws/aws-cdk#25942',
  judge: (change, { neighbours }) => {
    if (change.action !== 'create' || !isStateful(change.type) || isLive(change)) return undefined;
    const next = own(change.after, 'Properties');
    const names = Object.keys(typeof next === 'object' && next !== null ? next : {});
    const gone = neighbours.find(({ action, type, before }) => {
      if (type !== change.type || (action !== 'delete' && action !== 'forget')) return false;
      const old = own(before, 'Properties');
      const same = names.filter(name => differencesOf(own(old, name), own(next, name)).length === 0);
      return same.length >= names.length * ALIKE;
    });
    if (gone === undefined) return undefined;
    return {
      holds: 'yes',
      why: `it takes the place of ${gone.resource}, which goes: CloudFormation makes a new one`,
    };
  },
};
