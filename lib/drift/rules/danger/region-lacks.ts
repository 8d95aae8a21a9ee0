import type { DriftRule } from '../../classify/rule';
import { isOneSided, isProtective } from '../parity';
import { isStateful } from '../stateful';

/** What one Region holds or guards and another does not is missed when that one must take over. */
export const regionLacks: DriftRule = {
  id: 'region-lacks',
  class: 'danger',
  title: 'a Region lacks something stateful or protective that another one has',
  why: 'a Region that must take over has neither the data, the capacity nor the guard that it lacks',
  apart: 'one Region lacks what holds data, carries load or guards',
  fix: 'declare it in every Region, or accept that it stands in some alone',
  source: 'law 3; AWS Fault Isolation Boundaries',
  judge: change => {
    if (change.source !== 'parity' || change.after !== undefined || !isOneSided(change)) return undefined;
    return isStateful(change.type) || isProtective(change.type, change.before)
      ? { holds: 'yes', paths: [''] }
      : undefined;
  },
};
