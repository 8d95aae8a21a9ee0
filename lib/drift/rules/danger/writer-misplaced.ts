import { type DriftRule, type Judged, under } from '../../classify/rule';
import { own, textOf } from '../../compare/values';
import { at } from '../../paths';
import { isLive, listOf } from '../values';

const LIST = 'Properties.GlobalClusterMembers';

/** The writer stands where the register says, or nobody may write. */
export const writerMisplaced: DriftRule = {
  id: 'writer-misplaced',
  class: 'danger',
  title: 'the writer of a global database stands elsewhere than the register says',
  why: 'the active Region has no writer of its own: what it is asked to write fails, and no failover explains it',
  fix: 'move the writer by a drill, which raises the epoch with it',
  source: 'law 6; Amazon Aurora, managed planned failover',
  types: ['AWS::RDS::GlobalCluster'],
  judge: (change, { facts }): Judged | undefined => {
    const active = facts.register?.region;
    const paths = under(change, LIST).map(({ path }) => path);
    if (!isLive(change) || change.after === undefined || active === undefined || paths.length === 0)
      return undefined;
    const writers = listOf(at(change.after, LIST))
      .filter(member => textOf(own(member, 'IsWriter')) === 'true')
      .map(member => textOf(own(member, 'DBClusterArn')).split(':')[3] ?? '');
    if (writers.length === 1 && writers[0] === active) return undefined;
    const where = writers.length === 0 ? 'there is no writer' : `the writer stands in ${writers.join(', ')}`;
    return { holds: 'yes', paths, why: `${where}, and the register says ${active}` };
  },
};
