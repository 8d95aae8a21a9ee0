import { own, textOf } from '../compare/values';
import type { Json } from '../model';
import type { Declared } from './live-stack';
import type { LiveGlobalCluster } from './port';
import { compared, type Probe, type ProbeContext, uncheckedOf } from './probe';

/** Members and roles of a global database: who belongs to it by the templates of all Regions, and who writes by the register. */
export const globalMembers: Probe = {
  types: ['AWS::RDS::GlobalCluster'],
  async look(declared, context) {
    const live = await context.live.globalCluster(declared.region, declared.physicalId);
    if (live === undefined)
      return compared(declared, { GlobalClusterIdentifier: declared.physicalId }, undefined);
    if (live.moving) {
      const said = { why: 'a switchover or failover is under way', fix: 'run again when it has ended' };
      return { changes: [], unchecked: [uncheckedOf(declared, said)] };
    }
    const expected = {
      GlobalClusterMembers: inOrder(membersOf(declared, live, context)),
      DeletionProtection: own(declared.properties, 'DeletionProtection') ?? false,
    };
    return compared(declared, expected, {
      GlobalClusterMembers: inOrder(live.members.map(each => memberOf(each.arn, each.isWriter))),
      DeletionProtection: live.deletionProtection,
    });
  },
};

const memberOf = (arn: string, isWriter: boolean): Json => ({ DBClusterArn: arn, IsWriter: isWriter });
const inOrder = (members: readonly Json[]): Json =>
  [...members].sort((a, b) => (textOf(own(a, 'DBClusterArn')) < textOf(own(b, 'DBClusterArn')) ? -1 : 1));

/**
 * The members that templates declare. The writer is where it was born; but where it stands elsewhere than the register says,
 * it is held against the register, since then no failover explains it.
 */
function membersOf(declared: Declared, live: LiveGlobalCluster, context: ProbeContext): readonly Json[] {
  const writer = live.members.find(({ isWriter }) => isWriter)?.arn.split(':')[3];
  const { active } = context;
  const expected = active !== undefined && active !== writer ? active : declared.region;
  const known = context.stacks.flatMap(({ arn, region, resources }) => {
    const [, partition, , , account] = arn.split(':');
    return resources
      .filter(each => each.type === 'AWS::RDS::DBCluster')
      .filter(each => own(each.properties, 'GlobalClusterIdentifier') === declared.physicalId)
      .map(each => ({ region, arn: `arn:${partition}:rds:${region}:${account}:cluster:${each.physicalId}` }));
  });
  // Of a stack that could not be read, which is told, nobody knows what it declares.
  const others = context.isWhole
    ? []
    : live.members
        .filter(({ arn }) => !known.some(each => each.arn === arn))
        .map(({ arn }) => ({ region: arn.split(':')[3] ?? '', arn }));
  return [...known, ...others].map(({ region, arn }) => memberOf(arn, region === expected));
}
