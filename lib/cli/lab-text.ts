import type { HomeStatus, LabStatus } from '../lab';
import { table } from './table';

/** The lab's status as text: who is active, what runs, and what is wrong or could not be seen. */
export function formatStatus(status: LabStatus): string {
  if (!status.running) return 'no lab runs in this project; bring one up with holdfast up';
  const { serviceHost, servicePort, timeScale } = status;
  const homes = status.homes ?? [{ host: serviceHost ?? '', ...status, home: undefined }];
  const rows = status.regions.map(({ region, address, cache, instances, ...of }) => {
    const each =
      of.homes ?? (of.database === undefined ? [] : [{ ...of, database: of.database, home: undefined }]);
    const named = (home: string | undefined, text: string) => (home === undefined ? text : `${home} ${text}`);
    const clones = instances.filter(instance => instance.entry === 'service');
    const healthy = clones.filter(clone => clone.health === 'healthy').length;
    const workers = instances.filter(instance => instance.entry !== 'service' && instance.running).length;
    return [
      region,
      address,
      each.map(({ home, database }) => named(home, database.running ? database.role : 'down')).join(', '),
      `${healthy} of ${clones.length}`,
      `${workers}`,
      cache.running ? 'up' : 'down',
      each
        .map(({ home, gate }) => named(home, gate === undefined ? 'none' : gate.running ? 'up' : 'down'))
        .join(', '),
    ];
  });
  const bytes = status.processes.reduce((sum, process) => sum + (process.residentBytes ?? 0), 0);
  return [
    `lab: ${status.healthy ? 'healthy' : 'NOT healthy'}, up since ${status.since}, time scale ${timeScale}x`,
    ...homes.flatMap(homeLines),
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

function homeLines({ home, host, register, dns }: Omit<HomeStatus, 'gatePort'>): readonly string[] {
  const of = home === undefined ? '' : ` of home ${home}`;
  const record = register?.record;
  return [
    record === undefined
      ? `register${of}: not seen`
      : `register${of}: ${record.phase} ${record.region}, epoch ${record.epoch}`,
    dns === undefined
      ? `DNS${of}: not seen`
      : `DNS: ${host} is ${dns.addresses.join(', ')} (${dns.region ?? 'no Region'}), TTL ${dns.ttlSeconds} s, at ${dns.server}`,
  ];
}
