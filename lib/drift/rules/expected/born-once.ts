import type { DriftRule, Facts, Judged } from '../../classify/rule';
import { entriesOf, typeOf } from '../../compare/entries';
import { referencesOf } from '../../compare/references';
import { own } from '../../compare/values';
import { templatesOf } from '../../facts';
import type { Json, ResourceChange } from '../../model';
import { at } from '../../paths';
import { holdersOf, isOneSided } from '../parity';

/** What the Region of birth alone has, by type. */
const BORN_ONCE: readonly string[] = [
  ...['AWS::RDS::GlobalCluster', 'AWS::DocDB::GlobalCluster', 'AWS::Neptune::GlobalCluster'],
  ...['AWS::DynamoDB::GlobalTable', 'AWS::ElastiCache::GlobalReplicationGroup'],
];
const CLUSTER = 'AWS::RDS::DBCluster';
const SECRET = 'AWS::SecretsManager::Secret';
/** What a secondary takes from the global cluster and must not be given. */
const CREDENTIALS = ['DatabaseName', 'MasterUsername', 'MasterUserPassword', 'ManageMasterUserPassword'];
/** What goes with a secret. */
const OF_SECRET = /^AWS::SecretsManager::(?:ResourcePolicy|RotationSchedule|SecretTargetAttachment)$/;

/** A global resource has one owner, and its secondary members no credentials. */
export const bornOnce: DriftRule = {
  id: 'born-once',
  class: 'expected',
  title: 'a global resource, or the credentials of its first member, in one Region alone',
  why: 'a global cluster or table is made once, by the Region of birth, and what replicates from it takes no credentials of its own',
  fix: 'nothing',
  source: 'facts on Aurora global databases and global tables; law 6',
  types: [...BORN_ONCE, CLUSTER, 'AWS::SecretsManager::*'],
  judge(change, { facts }) {
    if (change.source !== 'parity') return undefined;
    if (change.type === CLUSTER) return ofCluster(change);
    if (!isOneSided(change) || !isOfSeed(change, facts)) return undefined;
    const isGlobal = BORN_ONCE.includes(change.type);
    return isGlobal || isCredential(change, facts) ? { holds: 'yes', paths: [''] } : undefined;
  },
};

/** Whether what stands in one Region alone stands in the Region of birth, as far as that is known. */
function isOfSeed(change: ResourceChange, { seed }: Facts): boolean {
  const holders = holdersOf(change);
  return holders.length === 1 && (seed === undefined || holders[0] === seed);
}

/** Whether it is the secret with which a global cluster is born, or goes with it. */
function isCredential(change: ResourceChange, facts: Facts): boolean {
  const templates = templatesOf(facts, change);
  const mine = change.before === undefined ? templates?.after : templates?.before;
  const resources = entriesOf(own(mine, 'Resources'));
  const id = OF_SECRET.test(change.type)
    ? referencesOf(at(change.before ?? change.after, 'Properties.SecretId'))[0]?.target
    : change.resource;
  if (id === undefined || typeOf(resources.get(id)) !== SECRET) return false;
  return [...resources.values()].some(
    each =>
      typeOf(each) === CLUSTER &&
      at(each, 'Properties.GlobalClusterIdentifier') !== undefined &&
      referencesOf(at(each, 'Properties.MasterUserPassword')).some(({ target }) => target === id),
  );
}

function ofCluster(change: ResourceChange): Judged | undefined {
  const member = (each: Json | undefined) => at(each, 'Properties.GlobalClusterIdentifier') !== undefined;
  if (!member(change.before) || !member(change.after)) return undefined;
  const isOneSidedAt = (path: string) =>
    [change.before, change.after].some(each => at(each, path) === undefined);
  const credentials = CREDENTIALS.map(name => `Properties.${name}`).filter(isOneSidedAt);
  const paths = change.differences
    .map(({ path }) => path)
    // Only the first member waits for the cluster that it brings.
    .filter(path => credentials.includes(path) || (path === 'DependsOn' && credentials.length > 0));
  return paths.length === 0 ? undefined : { holds: 'yes', paths };
}
