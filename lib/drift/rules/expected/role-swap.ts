import { type DriftRule, type Judged, under } from '../../classify/rule';
import { own, textOf } from '../../compare/values';
import type { Json, ResourceChange } from '../../model';
import { at, canonical } from '../../paths';
import { isLive, listOf } from '../values';

/** Where the members of a global group stand, and what else names the writer. */
const MEMBERS: Readonly<Record<string, readonly [list: string, id: string]>> = {
  'AWS::RDS::GlobalCluster': ['Properties.GlobalClusterMembers', 'DBClusterArn'],
  'AWS::ElastiCache::GlobalReplicationGroup': ['Properties.Members', 'ReplicationGroupId'],
};
const SOURCE = 'Properties.SourceDBClusterIdentifier';

/** After a failover the roles are swapped, and the register says so. */
export const roleSwap: DriftRule = {
  id: 'role-swap',
  class: 'expected',
  title: 'writer and reader have changed places, as the register says',
  why: 'a failover moved the writer to the active Region: the epoch explains the swap of roles, and nothing beyond it',
  fix: 'nothing; fail back by a drill, never by a deploy',
  source: 'law 6; aws-cloudformation/cloudformation-coverage-roadmap#1856',
  types: Object.keys(MEMBERS),
  judge: (change, { facts }): readonly Judged[] => {
    if (!isLive(change)) return [];
    const [list = '', id = ''] = MEMBERS[change.type] ?? [];
    const active = facts.register?.region;
    const swapped = under(change, list).map(({ path }) => path);
    const sources = under(change, SOURCE).map(({ path }) => path);
    const writer = swapped.length > 0 ? writerOf(change, list, id) : undefined;
    const verdicts: Judged[] = [];
    if (writer !== undefined) verdicts.push(...explained(swapped, writer, active));
    const [source] = under(change, SOURCE);
    if (source !== undefined && typeof source.after === 'string') {
      verdicts.push(...explained(sources, source.after.split(':')[3] ?? '', active));
    }
    return verdicts;
  },
};

/** What the register explains: the writer stands where it names. Without a register nobody can tell. */
function explained(paths: readonly string[], writer: string, active: string | undefined): Judged[] {
  if (active === undefined) {
    const why = `the writer stands in ${writer}; whether a failover moved it cannot be told without the register`;
    return [{ holds: 'perhaps', paths, why, fix: 'let the run read the register' }];
  }
  return writer === active ? [{ holds: 'yes', paths }] : [];
}

/** The Region of the one writer, if the members are the same but for their roles. */
function writerOf(change: ResourceChange, list: string, id: string): string | undefined {
  const [before, after] = [change.before, change.after].map(each => listOf(at(each, list)));
  if (before === undefined || after === undefined) return undefined;
  const others = (members: readonly Json[]) =>
    members
      .map(each => canonical(withoutRole(each)))
      .sort()
      .join();
  if (others(before) !== others(after)) return undefined;
  const writers = after.filter(isWriter);
  return writers.length === 1 && writers[0] !== undefined ? regionOf(writers[0], id) : undefined;
}

const isWriter = (member: Json): boolean =>
  textOf(own(member, 'IsWriter')) === 'true' || textOf(own(member, 'Role')).toUpperCase() === 'PRIMARY';

/** A member by its name: roles, and who reads from whom, follow from the writer. */
function withoutRole(member: Json): Json {
  const roles = ['IsWriter', 'Role', 'Readers', 'GlobalWriteForwardingStatus', 'SynchronizationStatus'];
  const entries = Object.entries(typeof member === 'object' && member !== null ? member : { member });
  return Object.fromEntries(entries.filter(([key]) => !roles.includes(key)));
}

function regionOf(member: Json, id: string): string {
  const named = own(member, 'ReplicationGroupRegion') ?? own(member, 'Region');
  return typeof named === 'string' ? named : (textOf(own(member, id)).split(':')[3] ?? '');
}
