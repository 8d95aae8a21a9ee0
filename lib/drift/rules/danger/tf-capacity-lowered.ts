import { own } from '../../compare/values';
import type { Difference, Json, ResourceChange } from '../../model';
import { canonical } from '../../paths';
import { holdsAt, isDrift, isEmpty, named, shown, terraformDanger } from '../tf-values';
import { listOf, numberOf } from '../values';

const COUNTS = new Set([
  ...['min_size', 'max_size', 'desired_capacity', 'min_capacity', 'max_capacity', 'desired_count'],
  ...['read_capacity', 'write_capacity', 'shard_count', 'num_cache_clusters', 'num_node_groups'],
  ...['replicas_per_node_group', 'num_cache_nodes', 'instance_count', 'number_of_broker_nodes', 'node_count'],
  ...['number_of_nodes', 'reserved_concurrent_executions', 'provisioned_concurrent_executions'],
  ...['allocated_storage', 'iops', 'storage_throughput', 'deployment_minimum_healthy_percent'],
  ...['warm_throughput', 'max_read_request_units', 'max_write_request_units'],
]);

/** Switches that keep a second zone ready. */
const ZONES = new Set([
  'multi_az',
  'multi_az_enabled',
  'automatic_failover_enabled',
  'zone_awareness_enabled',
]);
const BILLING = new Set(['billing_mode']);
/** Lists of the zones in which something stands. */
const PLACES = /^(?:vpc_zone_identifier|subnets|subnet_ids|subnet_mapping)(?:\[|$)/;

/** How many; a function without a limit, written as -1 or not at all, has no end. */
const lengthOf = (path: string, value: Json | undefined): number =>
  path === 'reserved_concurrent_executions' && (isEmpty(value) || value === -1)
    ? Number.POSITIVE_INFINITY
    : numberOf(value);

/** A list of subnets that loses some and gains none. */
function leavesZone(change: ResourceChange, { path, unknownAfter }: Difference): boolean {
  const list = PLACES.test(path) ? (/^\w+/.exec(path)?.[0] ?? '') : '';
  if (list === '' || unknownAfter === true) return false;
  const [before = [], after = []] = [change.before, change.after].map(each =>
    listOf(own(each, list)).map(canonical),
  );
  return after.length > 0 && after.length < before.length && after.every(each => before.includes(each));
}

/** A Region that must take over can carry only what stands there. */
export const tfCapacityLowered = terraformDanger({
  id: 'tf-capacity-lowered',
  title: 'capacity is lowered, in a Terraform plan',
  why: 'the plan takes capacity away that runs now, also where a scaling policy or a drill has set it',
  fix: 'put the value under ignore_changes when it is owned at run time, or plan with the number that runs',
  source: 'law 9; law 4; AWS, static stability using Availability Zones',
  judge: change => {
    // Without a planned value the number stays as it is.
    const fewer = named(change, COUNTS).filter(
      ({ path, before, after }) => lengthOf(path, after) < lengthOf(path, before),
    );
    const alone = named(change, ZONES).filter(({ before, after }) => before === true && after !== true);
    const fixed = named(change, BILLING).filter(({ before }) => before === 'PAY_PER_REQUEST');
    return [
      ...holdsAt(fewer, each => ({
        why: `${each.path} falls from ${shown(each.before, each)} to ${shown(each.after, each)}${isDrift(change) ? ', and not by Terraform' : ''}`,
      })),
      ...holdsAt(alone, () => ({ why: 'it stands in one zone alone, or stays down when its zone is lost' })),
      ...holdsAt(fixed, () => ({ why: 'it scaled by itself, and carries a fixed number from now on' })),
      ...holdsAt(
        change.differences.filter(each => leavesZone(change, each)),
        () => ({ why: 'it leaves a zone' }),
      ),
    ];
  },
});
