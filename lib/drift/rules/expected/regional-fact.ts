import type { DriftRule } from '../../classify/rule';
import type { Difference, Json } from '../../model';

/** Facts that every Region has of its own: address ranges and the ids of what stands in it already. */
const RANGE = /^(?:10|172\.(?:1[6-9]|2\d|3[01])|192\.168)\.[\d.]+(\/(?:[89]|[12]\d|3[0-2]))$/;
const IDS = /^(?:vpc|subnet|sg|rtb|igw|nat|eipalloc|ami|pl|vpce)-[0-9a-f]{8,17}$/;
/** The last part of an ARN that differs in its id alone, such as that of a certificate. */
const CERTIFICATE = /^(arn:[^:]*:acm:own-region:\d*:certificate\/)[0-9a-f-]{36}$/;

const FORMS: readonly RegExp[] = [IDS, CERTIFICATE];

/** Two values of one form. */
function isFact({ before, after }: Difference): boolean {
  if (typeof before !== 'string' || typeof after !== 'string') return false;
  // A private range against one as large; a wider one is an opening, and everybody is nobody's own.
  const [one, other] = [RANGE.exec(before)?.[1], RANGE.exec(after)?.[1]];
  if (one !== undefined && other !== undefined) return one === other;
  return FORMS.some(form => form.test(before) && form.test(after));
}

/** Regions have ranges and ids of their own. */
export const regionalFact: DriftRule = {
  id: 'regional-fact',
  class: 'expected',
  title: 'an address range, an id or a certificate of the Region itself',
  why: 'each Region has its own: they must differ, or at least may',
  fix: 'nothing; look once whether the ranges do not overlap',
  source: 'AWS Fault Isolation Boundaries: Regions share nothing',
  judge(change) {
    if (change.source !== 'parity') return undefined;
    const paths = change.differences.filter(isFact).map(({ path }) => path);
    return paths.length === 0 ? undefined : { holds: 'yes', paths };
  },
};

/** What the Region of birth alone has, by type. */
const BORN_ONCE: readonly string[] = ['AWS::RDS::GlobalCluster', 'AWS::DynamoDB::GlobalTable'];
/** What a secondary takes from the global cluster and must not be given. */
const CREDENTIALS = ['DatabaseName', 'MasterUsername', 'MasterUserPassword', 'ManageMasterUserPassword'];

const property = (value: Json | undefined, name: string): Json | undefined => {
  const properties = (value as { Properties?: Record<string, Json> } | undefined)?.Properties;
  return properties?.[name];
};

/** A global resource has one owner, and its secondary members no credentials. */
export const bornOnce: DriftRule = {
  id: 'born-once',
  class: 'expected',
  title: 'a global resource, or the credentials of its first member, in one Region alone',
  why: 'a global cluster or table is made once, by the Region of birth, and what replicates from it takes no credentials of its own',
  fix: 'nothing',
  source: 'facts on Aurora global databases and global tables; law 6',
  types: [...BORN_ONCE, 'AWS::RDS::DBCluster'],
  judge(change) {
    if (change.source !== 'parity') return undefined;
    if (BORN_ONCE.includes(change.type)) {
      return change.differences.some(({ path }) => path === '') ? { holds: 'yes', paths: [''] } : undefined;
    }
    const members = [change.before, change.after].map(each => property(each, 'GlobalClusterIdentifier'));
    if (members.some(member => member === undefined)) return undefined;
    const paths = change.differences
      .map(({ path }) => path)
      .filter(path =>
        CREDENTIALS.some(name => path === `Properties.${name}` || path.startsWith(`Properties.${name}.`)),
      );
    const oneSided = paths.filter(path => {
      const found = change.differences.find(each => each.path === path);
      return found?.before === undefined || found.after === undefined;
    });
    // Only the first member waits for the cluster that it brings.
    const waits = change.differences.filter(({ path }) => path === 'DependsOn').map(({ path }) => path);
    const explained = [...oneSided, ...waits];
    return explained.length === 0 ? undefined : { holds: 'yes', paths: explained };
  },
};
