import type { DriftRule, Facts } from '../../classify/rule';
import { entriesOf, typeOf } from '../../compare/entries';
import { referencesOf } from '../../compare/references';
import { own } from '../../compare/values';
import { templatesOf } from '../../facts';
import type { Json, ResourceChange } from '../../model';
import { at } from '../../paths';
import { isOneSided } from '../parity';

const RECORD = 'AWS::Route53::RecordSet';
const CHECK = 'AWS::Route53::HealthCheck';
const FAILOVER = 'Properties.Failover';
const WATCHED = 'Properties.HealthCheckId';

const isLast = (record: Json | undefined): boolean => at(record, FAILOVER) === 'SECONDARY';

/** The first record of a failover chain is watched, and the last one is not. */
export const failoverChain: DriftRule = {
  id: 'failover-chain',
  class: 'expected',
  title: 'the places of two Regions in a chain of failover records, and the checks of the first',
  why: 'one Region comes first and another last: each record but the last one is turned by a check, and the last one has none, since with nothing healthy it is what answers',
  fix: 'nothing',
  source: 'Amazon Route 53, failover routing; decision 20',
  types: [RECORD, CHECK],
  judge(change, { facts }) {
    if (change.source !== 'parity') return undefined;
    if (change.type === CHECK) return ofCheck(change, facts);
    const [one, other] = [change.before, change.after];
    if (isLast(one) === isLast(other) || !isPlaced(one) || !isPlaced(other)) return undefined;
    const last = isLast(one) ? one : other;
    const paths = change.differences
      .map(({ path }) => path)
      .filter(path => path === FAILOVER || (path === WATCHED && at(last, WATCHED) === undefined));
    return paths.length === 0 ? undefined : { holds: 'yes', paths };
  },
};

const isPlaced = (record: Json | undefined): boolean => at(record, FAILOVER) !== undefined;

/** A check that one Region has alone, because it turns a record whose counterpart is the last of the chain. */
function ofCheck(change: ResourceChange, facts: Facts) {
  const templates = templatesOf(facts, change);
  if (!isOneSided(change) || templates === undefined) return undefined;
  const { before, after } = templates;
  const [mine, theirs] = change.before === undefined ? [after, before] : [before, after];
  const [resources, others] = [mine, theirs].map(each => entriesOf(own(each, 'Resources')));
  for (const [id, record] of resources ?? []) {
    if (typeOf(record) !== RECORD || !isLast(others?.get(id)) || isLast(record)) continue;
    const seen = new Set<string>();
    const queue = referencesOf(at(record, WATCHED)).map(({ target }) => target);
    for (let check = queue.pop(); check !== undefined; check = queue.pop()) {
      if (check === change.resource) return { holds: 'yes', paths: [''] } as const;
      if (seen.has(check)) continue;
      seen.add(check);
      queue.push(...referencesOf(own(resources?.get(check), 'Properties')).map(({ target }) => target));
    }
  }
  return undefined;
}
