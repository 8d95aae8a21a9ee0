import type { DriftRule } from '../../classify/rule';

/** A plan of nothing but moves and imports is no empty plan. */
export const tfStateOnly: DriftRule = {
  id: 'tf-state-only',
  class: 'change',
  title: 'only the state changes: an object is moved or imported',
  why: 'the object stays as it is, and the state calls it otherwise from now on',
  fix: 'look whether it is the object that is meant: what is imported is changed and deleted from here on',
  source: 'borchero/terraform-plan-comment#122; cds-snc/terraform-plan#286',
  judge: ({ source, action, origin }) => {
    if (source !== 'terraform') return undefined;
    if (action === 'move') return { holds: 'yes', why: `it was ${origin} in the state, and stays as it is` };
    if (action === 'import')
      return { holds: 'yes', why: `${origin} comes into the state, and stays as it is` };
    if (origin === undefined || action !== 'update') return undefined;
    return { holds: 'yes', why: `it is ${origin} that comes under this address, and it is changed at once` };
  },
};
