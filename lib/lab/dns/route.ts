import type { DnsWorld, RecordSet, Zone } from './types';

/** Names that lead to names that lead to names: as deep as the lab goes. */
const DEEPEST = 8;

/** Whether a record counts as healthy: its check, and its target's health where it evaluates that. */
export function isHealthy(record: RecordSet, zone: Zone, world: DnsWorld, depth = 0): boolean {
  if (record.healthCheckId !== undefined && !world.checkIsHealthy(record.healthCheckId)) return false;
  const { alias } = record;
  if (!alias?.evaluateTargetHealth || depth >= DEEPEST) return true;
  const targets = zone.records.filter(other => other.name === alias.name && other.type === record.type);
  // A resource outside the zone is not looked at: the lab's load balancers have no health of their own.
  return targets.length === 0 || targets.some(target => isHealthy(target, zone, world, depth + 1));
}

/**
 * The record that Route 53 answers with among those of one name and type. Simple records: the one there is.
 * Failover records: the primary while it is healthy, else the secondary while that is; with nothing healthy all
 * count as healthy, so the primary. Undefined when the routing is of a kind that the lab does not know.
 */
export function choose(records: readonly RecordSet[], zone: Zone, world: DnsWorld): RecordSet | undefined {
  if (records.every(record => record.setIdentifier === undefined)) return records[0];
  const primary = records.find(record => record.failover === 'PRIMARY');
  const secondary = records.find(record => record.failover === 'SECONDARY');
  if (records.some(record => record.failover === undefined)) return undefined;
  const healthy = [primary, secondary].find(record => record !== undefined && isHealthy(record, zone, world));
  return healthy ?? primary ?? secondary;
}
