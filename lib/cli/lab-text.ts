import type { LabStatus } from '../lab';
import { table } from './table';

/** The lab's status as text: who is active, what runs, and what is wrong or could not be seen. */
export function formatStatus(status: LabStatus): string {
  if (!status.running) return 'no lab runs in this project; bring one up with holdfast up';
  const { register, dns, serviceHost, servicePort, timeScale } = status;
  const record = register?.record;
  const rows = status.regions.map(({ region, address, database, cache, gate, instances }) => {
    const clones = instances.filter(instance => instance.entry === 'service');
    const healthy = clones.filter(clone => clone.health === 'healthy').length;
    const workers = instances.filter(instance => instance.entry !== 'service' && instance.running).length;
    return [
      region,
      address,
      database.running ? database.role : 'down',
      `${healthy} of ${clones.length}`,
      `${workers}`,
      cache.running ? 'up' : 'down',
      gate === undefined ? 'none' : gate.running ? 'up' : 'down',
    ];
  });
  const bytes = status.processes.reduce((sum, process) => sum + (process.residentBytes ?? 0), 0);
  return [
    `lab: ${status.healthy ? 'healthy' : 'NOT healthy'}, up since ${status.since}, time scale ${timeScale}x`,
    record === undefined
      ? 'register: not seen'
      : `register: ${record.phase} ${record.region}, epoch ${record.epoch}`,
    dns === undefined
      ? 'DNS: not seen'
      : `DNS: ${serviceHost} is ${dns.addresses.join(', ')} (${dns.region ?? 'no Region'}), TTL ${dns.ttlSeconds} s, at ${dns.server}`,
    `service: http://<address>:${servicePort}, AWS_ENDPOINT_URL=${status.endpoint}`,
    `processes: ${status.processes.length}, ${(bytes / 2 ** 20).toFixed(0)} MiB resident, shared pages counted in each`,
    '',
    table(['region', 'address', 'database', 'clones', 'workers', 'cache', 'gate'], rows),
    '',
    `exist by name only (${status.notEmulated.length}):`,
    ...status.notEmulated.map(each => `  ${each.region} ${each.stack} ${each.logicalId} (${each.type})`),
    ...status.problems.map(problem => `problem: ${problem}`),
    ...status.unknown.map(what => `could not look at: ${what}`),
  ].join('\n');
}
