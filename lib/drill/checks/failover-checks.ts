import type { Facts } from '../run/facts';
import { type Check, failed, judge, ok, unknown } from './check';
import { register, standby, standbyCapacity } from './checks';
import { URGENT_CHECKS } from './surrounding-checks';

/** A Region that still serves is no reason for a loss. */
const active = (facts: Facts): Check => {
  const ready = 'value' in facts.activeReady ? facts.activeReady.value : undefined;
  if (ready?.ready && ready.role === 'active') {
    return unknown(
      'active',
      `${facts.from} still answers, active and ready: a switchover would lose nothing`,
      'use `holdfast drill switchover`, or, where its answers are not to be trusted,',
    );
  }
  const found = ready === undefined ? 'does not answer' : `answers as ${ready.role ?? 'unknown'}, not ready`;
  return ok('active', `${facts.from} ${found}`);
};

/** What would be lost, before anybody accepts it. */
const dataLoss = (facts: Facts): Check => {
  const { lagSeconds, rpoSeconds, to, acceptDataLoss } = facts;
  const lag =
    lagSeconds === undefined
      ? `how far ${to} is behind is not known`
      : `${to} is ${lagSeconds.toFixed(1)} s behind what it knows of`;
  const over = lagSeconds !== undefined && lagSeconds > rpoSeconds ? ', more than that already' : '';
  const text = `${lag}; writes that it never received are lost; the RPO allows ${rpoSeconds.toFixed(1)} s${over}`;
  return acceptDataLoss
    ? ok('data-loss', `accepted: ${text}`)
    : failed('data-loss', text, 'add --accept-data-loss once that is understood');
};

const database = (facts: Facts): Check =>
  judge('database', facts.database, state => {
    const { to } = facts;
    if (state.moving) {
      return failed('database', 'the global database is already moving', 'wait until it has settled');
    }
    const member = state.members.find(candidate => candidate.region === to);
    if (member === undefined) {
      return failed('database', `the global database has no cluster in ${to}`, 'use another Region');
    }
    if (member.status === undefined) return unknown('database', `status of the cluster of ${to} not read`);
    if (member.status !== 'available') {
      return failed('database', `the cluster of ${to} is ${member.status}`, 'wait until it is available');
    }
    return member.role === 'writer'
      ? ok(
          'database',
          `the cluster of ${to} already is the writer, available; only register and traffic move`,
        )
      : ok('database', `the cluster of ${to} is an available reader`);
  });

const config = (facts: Facts): Check =>
  judge('config', facts.standbyConfig, there => {
    if (there === undefined) return unknown('config', `no configuration was ever deployed in ${facts.to}`);
    if (there.deploying) return unknown('config', `a rollout is under way in ${facts.to}`, 'wait, or');
    return ok('config', `version ${there.version} in ${facts.to}; not compared with a Region that is lost`);
  });

/** Alarms of a standby whose writer is gone may well ring; a person says that these are the ones to expect. */
const alarms = (facts: Facts): Check =>
  judge('alarms', facts.standbyAlarms, all => {
    const ringing = all.filter(alarm => alarm.state === 'alarm').map(alarm => alarm.name);
    if (ringing.length > 0) {
      const text = `in alarm in ${facts.to}: ${ringing.join(', ')}`;
      return unknown('alarms', text, 'clear them, or, where the loss explains them,');
    }
    const silent = all.filter(alarm => alarm.state === 'unknown').map(alarm => alarm.name);
    if (silent.length > 0) return unknown('alarms', `without data in ${facts.to}: ${silent.join(', ')}`);
    return all.length === 0
      ? unknown('alarms', `${facts.to} has no alarms of this application`)
      : ok('alarms', `${all.length} alarms in ${facts.to}, none ringing`);
  });

/** The checks of a failover, in the order in which they are told. */
export const FAILOVER_CHECKS: readonly ((facts: Facts) => Check)[] = [
  register,
  active,
  standby,
  dataLoss,
  database,
  standbyCapacity,
  config,
  alarms,
  ...URGENT_CHECKS,
];
