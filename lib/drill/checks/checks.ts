import type { AlarmState } from '../../ports';
import { CANNOT_FENCE } from '../plan/settings';
import { type Facts, servingGroup } from '../run/facts';
import { type Check, failed, judge, ok, unknown } from './check';
import { SURROUNDING_CHECKS } from './surrounding-checks';

/** An eventual register is not broken, and yet nobody can know that its fence holds: a person must say so. */
export const register = (facts: Facts): Check =>
  facts.register === 'strong'
    ? ok('register', 'strongly consistent over its Regions')
    : unknown(
        'register',
        `the register is eventual and ${CANNOT_FENCE}: both Regions might write`,
        'make it strong, or be sure that no partition is possible now and',
      );

const active = (facts: Facts): Check =>
  judge('active', facts.activeReady, ready => {
    if (ready?.ready && ready.role === 'active') return ok('active', `${facts.from} is active and ready`);
    const what = ready === undefined ? 'does not answer' : `is ${ready.role ?? 'of unknown role'}, not ready`;
    return failed(
      'active',
      `${facts.from} ${what}`,
      'a switchover needs both Regions healthy; a lost Region needs a failover',
    );
  });

/** The Region that takes over answers at its own name and could serve. */
export const standby = (facts: Facts): Check =>
  judge('standby', facts.standbyReady, ready => {
    if (ready?.ready && ready.role === 'standby') return ok('standby', `${facts.to} is a ready standby`);
    const what =
      ready === undefined ? 'does not answer at its own name' : `is not ready: ${JSON.stringify(ready)}`;
    return failed('standby', `${facts.to} ${what}`, `look at its clones, cache and database, then try again`);
  });

const database = (facts: Facts): Check =>
  judge('database', facts.database, state => {
    if (state.moving) {
      return failed('database', 'the global database is already moving', 'wait until it has settled');
    }
    for (const [region, role] of [
      [facts.from, 'writer'],
      [facts.to, 'reader'],
    ] as const) {
      const member = state.members.find(candidate => candidate.region === region);
      if (member?.role !== role) {
        return failed(
          'database',
          `the cluster of ${region} is ${member?.role ?? 'missing'}, not ${role}`,
          'bring the register and the global database into agreement first',
        );
      }
      if (member.status === undefined)
        return unknown('database', `status of the cluster of ${region} not read`);
      if (member.status !== 'available') {
        return failed(
          'database',
          `the cluster of ${region} is ${member.status}`,
          'wait until it is available',
        );
      }
    }
    const astray = state.members.find(({ region, role }) => region !== facts.from && role === 'writer');
    if (astray !== undefined) {
      return failed(
        'database',
        `the cluster of ${astray.region} is a writer as well`,
        'find which one is right; a move would lose what the other took',
      );
    }
    return ok('database', `writer in ${facts.from}, reader in ${facts.to}, both available`);
  });

function lag(facts: Facts): Check {
  const { lagSeconds, rpoSeconds, to } = facts;
  if (lagSeconds === undefined) {
    return unknown(
      'lag',
      'unknown' in facts.lag ? facts.lag.unknown : `replication lag of ${to} is not measured`,
    );
  }
  const text = `${to} lags ${lagSeconds.toFixed(1)} s behind; the RPO allows ${rpoSeconds.toFixed(1)} s`;
  return lagSeconds <= rpoSeconds
    ? ok('lag', text)
    : failed('lag', text, 'find what holds replication back, and try again when it has caught up');
}

const capacity = (facts: Facts): Check =>
  'unknown' in facts.activeGroups ? unknown('capacity', facts.activeGroups.unknown) : standbyCapacity(facts);

/** The Region that takes over can carry what is asked of it. */
export const standbyCapacity = (facts: Facts): Check =>
  judge('capacity', facts.standbyGroups, groups => {
    const clones = servingGroup(groups);
    if (clones === undefined)
      return failed('capacity', `${facts.to} has no clone group`, 'deploy its service stack');
    for (const { group, minimum } of facts.required) {
      if (group.maximum < minimum) {
        return failed(
          'capacity',
          `${group.name} may grow to ${group.maximum}, but ${minimum} are needed`,
          'raise maximumClones in the topology and deploy',
        );
      }
    }
    const healthy = clones.targets?.healthy;
    if (healthy === undefined) return unknown('capacity', `target health of ${clones.name} not read`);
    if (healthy === 0) {
      return failed('capacity', `${clones.name} has no healthy target in ${facts.to}`, 'look at its clones');
    }
    const needed = facts.required.map(
      ({ group, minimum }) => `${group.name} ${group.inService} of ${minimum}`,
    );
    return ok('capacity', `in service of needed: ${needed.join(', ')}`);
  });

const config = (facts: Facts): Check =>
  judge('config', facts.standbyConfig, there => {
    if ('unknown' in facts.activeConfig) return unknown('config', facts.activeConfig.unknown);
    const here = facts.activeConfig.value;
    if (here === undefined || there === undefined) {
      const region = here === undefined ? facts.from : facts.to;
      return unknown('config', `no configuration was ever deployed in ${region}`);
    }
    if (here.deploying || there.deploying) {
      return failed('config', 'a configuration rollout is under way', 'wait until it has ended');
    }
    const same =
      here.digest !== undefined && there.digest !== undefined
        ? here.digest === there.digest
        : here.version === there.version;
    const text = `version ${here.version} in ${facts.from}, ${there.version} in ${facts.to}`;
    return same
      ? ok('config', text)
      : failed('config', text, 'roll the same configuration out in both Regions');
  });

const alarms = (facts: Facts): Check =>
  judge('alarms', facts.standbyAlarms, all => {
    const named = (state: AlarmState['state']) =>
      all.filter(alarm => alarm.state === state).map(alarm => alarm.name);
    const ringing = named('alarm');
    if (ringing.length > 0) {
      return failed('alarms', `in alarm in ${facts.to}: ${ringing.join(', ')}`, 'clear them first');
    }
    const silent = named('unknown');
    if (silent.length > 0) return unknown('alarms', `without data in ${facts.to}: ${silent.join(', ')}`);
    return all.length === 0
      ? unknown('alarms', `${facts.to} has no alarms of this application`)
      : ok('alarms', `${all.length} alarms in ${facts.to}, none ringing`);
  });

/** The checks of a planned move, in the order in which they are told. */
export const PLANNED_CHECKS: readonly ((facts: Facts) => Check)[] = [
  register,
  active,
  standby,
  database,
  lag,
  capacity,
  config,
  alarms,
  ...SURROUNDING_CHECKS,
];
