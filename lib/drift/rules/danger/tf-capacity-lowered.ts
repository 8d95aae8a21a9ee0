import { holdsAt, isDrift, named, shown, terraformDanger } from '../tf-values';
import { numberOf } from '../values';

const COUNTS = new Set([
  ...['min_size', 'max_size', 'desired_capacity', 'min_capacity', 'max_capacity', 'desired_count'],
  ...['read_capacity', 'write_capacity', 'shard_count', 'num_cache_clusters', 'num_node_groups'],
  ...['replicas_per_node_group', 'num_cache_nodes', 'instance_count', 'number_of_broker_nodes', 'node_count'],
  ...['number_of_nodes', 'reserved_concurrent_executions', 'provisioned_concurrent_executions'],
  ...['allocated_storage', 'iops', 'storage_throughput', 'deployment_minimum_healthy_percent'],
  ...['warm_throughput', 'max_read_request_units', 'max_write_request_units'],
]);

/** A Region that must take over can carry only what stands there. */
export const tfCapacityLowered = terraformDanger({
  id: 'tf-capacity-lowered',
  title: 'capacity is lowered, in a Terraform plan',
  why: 'the plan takes capacity away that runs now, also where a scaling policy or a drill has set it',
  fix: 'put the value under ignore_changes when it is owned at run time, or plan with the number that runs',
  source: 'law 9; law 4; AWS, static stability using Availability Zones',
  judge: change => {
    // Without a planned value the number stays as it is.
    const fewer = named(change, COUNTS).filter(({ before, after }) => numberOf(after) < numberOf(before));
    return holdsAt(fewer, each => ({
      why: `${each.path} falls from ${shown(each.before, each)} to ${shown(each.after, each)}${isDrift(change) ? ', and not by Terraform' : ''}`,
    }));
  },
});
