import type { DriftRule } from '../../classify/rule';
import type { Difference } from '../../model';
import { canonical } from '../../paths';

/** Facts that every Region has of its own: address ranges and the ids of what stands in it already. */
const RANGE = /^(?:10|172\.(?:1[6-9]|2\d|3[01])|192\.168)\.[\d.]+(\/(?:[89]|[12]\d|3[0-2]))$/;
const IDS = /^(?:vpc|subnet|sg|rtb|igw|nat|eipalloc|ami|pl|vpce)-[0-9a-f]{8,17}$/;
/** The last part of an ARN that differs in its id alone, such as that of a certificate. */
const CERTIFICATE = /^(arn:[^:]*:acm:own-region:(?:\d*|own-account):certificate\/)[0-9a-f-]{36}$/;

const FORMS: readonly RegExp[] = [IDS, CERTIFICATE];

const isZone = (value: Difference['before']): boolean =>
  typeof value === 'string' && /^Z[A-Z0-9]{8,32}$/.test(value);

/** Two values of one form. */
function isFact({ path, before, after }: Difference): boolean {
  // Balancers and buckets of a Region stand in zones of its own; a record in another zone is another record.
  if (/AliasTarget\.HostedZoneId$/.test(path)) return [before, after].every(isZone);
  if (typeof before !== 'string' || typeof after !== 'string') return false;
  // A private range against one as large; a wider one is an opening, and everybody is nobody's own.
  const [one, other] = [RANGE.exec(before)?.[1], RANGE.exec(after)?.[1]];
  if (one !== undefined && other !== undefined) return one === other;
  return FORMS.some(form => form.test(before) && form.test(after));
}

const DASHBOARD = 'AWS::CloudWatch::Dashboard';

/** A page that shows every Region does so in one order, which is not the same seen from each. */
const isOrder = ({ before, after }: Difference): boolean => wordless(before) === wordless(after);

const wordless = (value: Difference['before']): string =>
  canonical(value)
    .replaceAll(/own-region|other-region-\d+/g, 'region')
    .split(/[{}[\],]+/)
    .sort()
    .join();

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
    const paths = change.differences
      .filter(each => isFact(each) || (change.type === DASHBOARD && isOrder(each)))
      .map(({ path }) => path);
    return paths.length === 0 ? undefined : { holds: 'yes', paths };
  },
};
