import { loadBalancerName } from '../naming';
import type { DaemonStatus, HomeHealth, RegionStatus } from './daemon';
import type { LabFile } from './lab-file';
import type { HomeStatus } from './status';

/** What was seen, before it is judged. */
export interface Seen {
  readonly lab: Pick<LabFile, 'application' | 'regions'>;
  readonly daemon?: DaemonStatus;
  readonly homes: readonly Pick<HomeStatus, 'home' | 'register' | 'dns'>[];
}

/** What is not as it should be in what was seen; what was not seen is no problem here. */
export function findProblems({ lab, daemon, homes }: Seen): string[] {
  const problems = [...(daemon?.problems ?? [])];
  if (daemon !== undefined) {
    if (!daemon.emulator) problems.push('the AWS emulator is dead and its state lost');
    if (!daemon.started) problems.push('databases and caches are still starting');
    for (const region of daemon.regions) problems.push(...regionProblems(region, lab.application));
  }
  return [...problems, ...homes.flatMap(home => homeProblems(home, daemon))];
}

function homeProblems(
  { home, register, dns }: Seen['homes'][number],
  daemon: DaemonStatus | undefined,
): readonly string[] {
  const problems: string[] = [];
  const of = home === undefined ? '' : ` of home ${home}`;
  const say = (condition: boolean, text: string) => {
    if (condition) problems.push(text);
  };
  const writers = daemon?.regions.filter(region => healthOf(region, home)?.database.role === 'writer');
  say(writers !== undefined && writers.length !== 1, `no single database writer${of}`);
  say(register === undefined, `the register${of} is not born`);
  if (register === undefined) return problems;
  const { phase, region } = register.record;
  const writer = writers?.[0]?.region;
  say(phase !== 'active', `the register${of} says ${phase} ${region}`);
  say(
    phase === 'active' && writer !== undefined && writer !== region,
    `${region} is active, ${writer} has the writer${of}`,
  );
  say(
    dns !== undefined && phase === 'active' && dns.region !== region,
    `DNS${of} answers ${dns?.region ?? dns?.addresses}`,
  );
  return problems;
}

/** What runs in a Region for each home. */
const healthsOf = ({ homes, database, gate }: RegionStatus): readonly HomeHealth[] =>
  homes ?? (database === undefined ? [] : [{ database, gate }]);

const healthOf = (region: RegionStatus, name: string | undefined): HomeHealth | undefined =>
  healthsOf(region).find(({ home }) => home === name);

function regionProblems(status: RegionStatus, application: string): string[] {
  const { region, cache, liveSettings, instances } = status;
  const clones = instances.filter(instance => instance.entry === 'service');
  const frozen = instances.filter(instance => instance.frozen).length;
  const sick = clones.filter(clone => clone.health !== 'healthy').length;
  const checks: (readonly [boolean, string])[] = [
    ...healthsOf(status).flatMap(home => healthProblems(home, region)),
    [cache.frozen, `cache of ${region} is frozen`],
    [frozen > 0, `${frozen} of ${instances.length} clones and workers of ${region} are frozen`],
    [!cache.running, `cache of ${region} is down`],
    [liveSettings?.running !== true, `controller of the live settings of ${region} is down`],
    [clones.length === 0, `no clones behind ${loadBalancerName(application)} in ${region}`],
    [sick > 0, `${sick} of ${clones.length} clones of ${region} are not healthy`],
    [!instances.some(instance => instance.entry === 'worker' && instance.running), `no worker in ${region}`],
  ];
  return checks.flatMap(([wrong, text]) => (wrong ? [text] : []));
}

function healthProblems({ home, database, gate }: HomeHealth, of: string): (readonly [boolean, string])[] {
  const region = home === undefined ? of : `home ${home} in ${of}`;
  return [
    [!database.running, `database of ${region} is down`],
    [database.role === 'replica' && database.lag === undefined, `replication lag of ${region} is not known`],
    [database.frozen, `database of ${region} is frozen`],
    [gate?.frozen === true, `gate of ${region} is frozen`],
    [gate?.running !== true, `gate of ${region} is down`],
  ];
}
