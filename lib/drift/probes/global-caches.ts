import { isObject, own, textOf } from '../compare/values';
import type { Json } from '../model';
import type { Declared } from './live-stack';
import { compared, type Probe, type ProbeContext, uncheckedOf } from './probe';
import { isTold } from './resolve';

/** States in which the roles of a datastore stand. */
const SETTLED = ['available', 'primary-only'];

/** Members and roles of a global datastore of ElastiCache, as those of a global database are looked at. */
export const globalCaches: Probe = {
  types: ['AWS::ElastiCache::GlobalReplicationGroup'],
  async look(declared, context) {
    const { region, physicalId } = declared;
    const live = await context.live.globalDatastore(region, physicalId);
    if (live === undefined) return compared(declared, { GlobalReplicationGroupId: physicalId }, undefined);
    if (!SETTLED.includes(live.status)) {
      const why = `the datastore is ${live.status}: its roles are moving`;
      return { changes: [], unchecked: [uncheckedOf(declared, { why, fix: 'run again when it has ended' })] };
    }
    const now = live.members.map(each => memberOf(each.id, each.region, each.isPrimary));
    const primary = live.members.find(({ isPrimary }) => isPrimary)?.region;
    const known = membersOf(declared, context);
    if (known === undefined) return compared(declared, { Members: own(declared.properties, 'Members') }, {});
    // Of a stack that could not be read, which is told, nobody knows what it declares.
    const others = context.isWhole
      ? []
      : live.members.filter(({ id }) => !known.some(each => each.id === id));
    const { active } = context;
    const born = known.find(({ isPrimary }) => isPrimary)?.region;
    // Where it stands elsewhere than the register says, it is held against the register.
    const expected = active !== undefined && active !== primary ? active : born;
    const members = [...known, ...others].map(each =>
      memberOf(each.id, each.region, each.region === expected),
    );
    return compared(declared, { Members: inOrder(members) }, { Members: inOrder(now) });
  },
};

interface Member {
  readonly id: string;
  readonly region: string;
  readonly isPrimary: boolean;
}

/** The members of birth and those that other Regions' templates bind to it; nothing when one cannot be told. */
function membersOf(
  { properties, physicalId }: Declared,
  { stacks }: ProbeContext,
): readonly Member[] | undefined {
  const declared = own(properties, 'Members');
  if (!Array.isArray(declared) || !isTold(declared)) return undefined;
  const born = (declared as readonly Json[]).filter(isObject).map(each => ({
    id: textOf(own(each, 'ReplicationGroupId')),
    region: textOf(own(each, 'ReplicationGroupRegion')),
    isPrimary: own(each, 'Role') === 'PRIMARY',
  }));
  const bound = stacks
    .flatMap(({ resources }) => resources)
    .filter(({ type }) => type === 'AWS::ElastiCache::ReplicationGroup')
    .filter(each => own(each.properties, 'GlobalReplicationGroupId') === physicalId)
    .map(({ region, physicalId: id }) => ({ id, region, isPrimary: false }));
  return [
    ...born,
    ...bound.filter(each => !born.some(({ id, region }) => id === each.id && region === each.region)),
  ];
}

const memberOf = (id: string, region: string, isPrimary: boolean): Json => ({
  ...{ ReplicationGroupId: id, ReplicationGroupRegion: region },
  Role: isPrimary ? 'PRIMARY' : 'SECONDARY',
});
const inOrder = (members: readonly Json[]): Json =>
  [...members].sort((a, b) =>
    textOf(own(a, 'ReplicationGroupRegion')) < textOf(own(b, 'ReplicationGroupRegion')) ? -1 : 1,
  );
