import { HoldfastError } from '../../errors';
import type { DatabaseMember, DatabaseState } from '../../ports';
import { standbyLag } from '../checks/lag';
import { readyz } from '../load/probe';
import { firstAnswer } from '../run/endpoints';
import { raisedBy, registerConflict, registerGone, sameRecord } from '../run/registers';
import { othersOf, type Run, type StepAction, waiting } from './action';

/** A move of the global database's writer, sent once to the Region that `send` names. */
const moveDatabase = (send: (run: Run, targetClusterArn: string) => Promise<void>): StepAction => ({
  async examine(run) {
    const state = await run.context.cloud.databaseState(run.plan.to, []);
    // Named as the writer while it still moves is not there yet: a move that the provider gives up ends where it began.
    if (state.moving) return waiting(run, 'the database is moving', 'under-way');
    if (writerOf(state.members)?.region === run.plan.to) return 'done';
    return waiting(run, `the writer still is in ${writerOf(state.members)?.region ?? 'no Region'}`);
  },
  async prepare(run) {
    const { cloud } = run.context;
    const { to } = run.plan;
    const register = await cloud.readRegister(to);
    const ours = register?.updatedBy === raisedBy(run.plan.id);
    if (register === undefined) throw registerGone();
    if (!ours || !sameRecord(register.record, run.records.promoting)) throw registerConflict(register);
    const state = await cloud.databaseState(to, []);
    const target = state.members.find(member => member.region === to);
    if (target === undefined) {
      throw new HoldfastError('refused', `the global database has no cluster in ${to}`);
    }
    run.targetClusterArn = target.clusterArn;
  },
  perform: run => send(run, run.targetClusterArn as string),
});

/** Starts the switchover of the global database, once; AWS wants it in the Region of the writer. */
export const switchDatabase = moveDatabase((run, arn) =>
  run.context.cloud.startSwitchover(run.plan.from, arn, () => run.maySend()),
);

/** Promotes the standby without asking the old writer, once. */
export const failOverDatabase = moveDatabase((run, arn) =>
  run.context.cloud.startFailover(run.plan.to, arn, () => run.maySend()),
);

/** Waits until the provider and the Region's own service agree that the database can be written there. */
export const waitWriter: StepAction = {
  async examine(run) {
    const { cloud } = run.context;
    const { to } = run.plan;
    const state = await cloud.databaseState(to, [to]);
    const target = state.members.find(member => member.region === to);
    if (target?.role !== 'writer') return waiting(run, `the cluster of ${to} is not the writer yet`);
    if (target.status !== 'available')
      return waiting(run, `the cluster of ${to} is ${target.status ?? 'unknown'}`);
    const ready = await readyz(run.context, to);
    if (ready?.database?.writable !== true)
      return waiting(run, `${to} does not report a writable database yet`);
    return 'done';
  },
};

/**
 * Waits until every other Region's cluster is an available reader of the new writer and its service a ready standby: the
 * one that was left, and, where there are more than two, those whose replicas were repointed.
 */
export const settle: StepAction = {
  async examine(run) {
    const { from, to } = run.plan;
    const followers = [from, ...othersOf(run)];
    const state = await run.context.cloud.databaseState(to, [...followers, to]);
    if (state.moving) return waiting(run, 'the database is moving');
    for (const region of followers) {
      const reason = await notFollowing(run, region, state);
      if (reason !== undefined) return waiting(run, reason);
    }
    return 'done';
  },
};

/** Why a Region is not yet a standby that follows; nothing when it is. */
async function notFollowing(run: Run, region: string, state: DatabaseState): Promise<string | undefined> {
  const { settings, timeScale } = run.context;
  const member = state.members.find(candidate => candidate.region === region);
  if (member?.role !== 'reader' || member.status !== 'available') {
    return `the cluster of ${region} is ${member?.role ?? 'missing'}, ${member?.status ?? 'unknown'}`;
  }
  const ready = await readyz(run.context, region);
  if (ready?.role !== 'standby' || !ready.ready) return `${region} is not a ready standby yet`;
  const told = ready.database?.lagSeconds;
  const lag = await standbyLag(run.context, { region, writer: run.plan.to, told });
  if (lag === undefined) return `replication to ${region} is not measured yet`;
  const bound = settings.objectives.rpoSeconds / timeScale;
  return lag > bound ? `${region} lags ${lag.toFixed(1)} s behind` : undefined;
}

const writerOf = (members: readonly DatabaseMember[]): DatabaseMember | undefined =>
  members.find(member => member.role === 'writer');

/**
 * Where the database is, asked on the way back, at whichever Region answers: `here` as before the drill, `there` in
 * the Region that was to take over, or between the two.
 */
export async function databasePlace(run: Run): Promise<'here' | 'there' | 'between'> {
  const { from, to } = run.plan;
  const state = await firstAnswer([to, from], region => run.context.cloud.databaseState(region, []));
  const writer = writerOf(state.members)?.region;
  if (state.moving) return 'between';
  if (writer === from) return 'here';
  return writer === to ? 'there' : 'between';
}
