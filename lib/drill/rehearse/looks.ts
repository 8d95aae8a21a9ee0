import { gateHost, regionHost } from '../../naming';
import { gate, probe, readyz } from '../load/probe';
import type { Plan, PlanStep } from '../plan/plan';
import type { StepId } from '../plan/plan-steps';
import type { DrillContext } from '../run/context';
import { isRefused, messageOf } from '../run/failures';
import { printRecord, recordsOf } from '../run/registers';

/** What was looked at for a step, and what the step would send. */
export interface Rehearsed {
  readonly looks: readonly Look[];
  /** Calls and requests that the step would send, in words; none of them was sent. */
  readonly sends: readonly string[];
}

/** One look. Three-valued: what could not be seen is not fine (law 7). */
export interface Look {
  readonly state: 'ok' | 'failed' | 'unknown';
  readonly text: string;
}

/** A step of a plan that is rehearsed. */
export interface Rehearsal {
  readonly context: DrillContext;
  readonly plan: Plan;
  readonly step: PlanStep;
}

type Looker = (rehearsal: Rehearsal) => Promise<Rehearsed>;

/** Judges what an ask finds; an ask that is refused has found something too. */
async function look(ask: () => Promise<readonly [boolean, string]>): Promise<Look> {
  try {
    const [good, text] = await ask();
    return { state: good ? 'ok' : 'failed', text };
  } catch (error) {
    return { state: 'unknown', text: messageOf(error) };
  }
}

const only = async (...asks: (() => Promise<readonly [boolean, string]>)[]): Promise<Rehearsed> => ({
  looks: await Promise.all(asks.map(look)),
  sends: [],
});

const raiseCapacity: Looker = async ({ context, plan }) => ({
  ...(await only(() => floors(context, plan))),
  sends: plan.capacity.map(
    ({ group, minimum }) => `UpdateAutoScalingGroup in ${plan.to}: ${group} to a minimum of ${minimum}`,
  ),
});

async function floors({ cloud }: DrillContext, { to, capacity }: Plan): Promise<readonly [boolean, string]> {
  const groups = await cloud.capacity(to);
  const low = capacity.filter(
    target => (groups.find(group => group.name === target.group)?.maximum ?? 0) < target.minimum,
  );
  return low.length === 0
    ? [true, `${capacity.map(({ group }) => group).join(', ')} may grow to what the plan wants`]
    : [false, `${low.map(({ group }) => group).join(', ')} may not grow to what the plan wants`];
}

/** One raise of the register: whether it may be written, and what would be written. */
const raise =
  (name: 'fencing' | 'promoting' | 'active', from: 'before' | 'fencing' | 'promoting'): Looker =>
  async ({ context, plan }) => {
    const records = recordsOf(plan);
    const told = await only(
      async () => {
        const record = (await context.cloud.readRegister(plan.to))?.record;
        const same = record !== undefined && printRecord(record) === printRecord(plan.before);
        return [
          same,
          `the register in ${plan.to} says ${record === undefined ? 'nothing' : printRecord(record)}`,
        ];
      },
      () => mayRaise(context, plan.to),
    );
    const send = `PutItem in ${plan.to}: ${printRecord(records[name])}, if it is ${printRecord(records[from])}`;
    return { ...told, sends: [send] };
  };

/** A right that is denied is not unknown: the move would fail for it. */
async function mayRaise({ cloud }: DrillContext, region: string): Promise<readonly [boolean, string]> {
  try {
    const may = await cloud.mayRaiseRegister(region);
    return [may, `a write that no register can accept was answered as such in ${region}: it may be written`];
  } catch (error) {
    if (!isRefused(error)) throw error;
    return [false, messageOf(error)];
  }
}

const moveDatabase: Looker = async ({ context, plan, step }) => {
  const { from, to } = plan;
  const action = step.id === 'switch-database' ? 'SwitchoverGlobalCluster' : 'FailoverGlobalCluster';
  const at = step.id === 'switch-database' ? from : to;
  let arn = `the cluster of ${to}`;
  const told = await only(async () => {
    const state = await context.cloud.databaseState(to, [to]);
    const member = state.members.find(({ region }) => region === to);
    arn = member?.clusterArn ?? arn;
    const text = `the cluster of ${to} is ${member?.role ?? 'missing'}, ${member?.status ?? 'unknown'}`;
    return [!state.moving && member?.status === 'available', text];
  });
  return { ...told, sends: [`${action} in ${at}: target ${arn}`] };
};

const readyIn = (context: DrillContext, region: string) => async (): Promise<readonly [boolean, string]> => {
  const ready = await readyz(context, region);
  const text = ready === undefined ? 'does not answer' : `says ready ${ready.ready}, role ${ready.role}`;
  return [ready?.ready === true, `${regionHost(region, context.settings.host)}/readyz ${text}`];
};

const gateIn =
  (context: DrillContext, region: string, active: boolean) =>
  async (): Promise<readonly [boolean, string]> => {
    const answer = await gate(context, region);
    const text = answer === undefined ? 'does not answer' : `says active ${answer.active}`;
    return [answer?.active === active, `${gateHost(region, context.settings.host)} ${text}`];
  };

const served = (context: DrillContext) => async (): Promise<readonly [boolean, string]> => {
  const { entries, settings } = context;
  const request = { ...entries.service, host: settings.host, path: '/healthz', timeoutMilliseconds: 5000 };
  const answer = await probe(context, request);
  const region = answer?.headers['x-holdfast-region'];
  return [answer?.status === 200, `${settings.host} is answered by ${region ?? 'nobody'}`];
};

const queuesIn = (context: DrillContext, region: string) => async (): Promise<readonly [boolean, string]> => {
  const { work, dead } = await context.cloud.queueDepths(region);
  return [true, `${region}: ${work.waiting} messages wait, ${dead.waiting} dead letters`];
};

const lostOrNot = ({ mode }: Plan): boolean => mode === 'failover';

/** What can be looked at for each step without changing anything. */
export const LOOKS: Readonly<Record<StepId, Looker>> = {
  'raise-capacity': raiseCapacity,
  'wait-capacity': ({ context, plan }) => only(() => floors(context, plan)),
  fence: raise('fencing', 'before'),
  'wait-lease': async ({ step }) => ({
    looks: [],
    sends: [`nothing; it waits ${step.budgetSeconds.toFixed(1)} s`],
  }),
  'announce-promotion': raise('promoting', 'fencing'),
  'switch-database': moveDatabase,
  'fail-over-database': moveDatabase,
  'wait-writer': ({ context, plan }) => only(readyIn(context, plan.to)),
  activate: raise('active', 'promoting'),
  'wait-gates': ({ context, plan }) =>
    only(gateIn(context, plan.to, false), ...(lostOrNot(plan) ? [] : [gateIn(context, plan.from, true)])),
  'wait-dns': ({ context }) =>
    only(async () => {
      const { host } = context.settings;
      const { addresses, ttlSeconds } = await context.outside.resolve(host);
      return [addresses.length > 0, `${host} resolves to ${addresses.join(', ')} for ${ttlSeconds} s`];
    }),
  reconnect: ({ context, plan }) => (lostOrNot(plan) ? only() : only(served(context))),
  verify: async ({ context, plan }) => ({
    ...(await only(readyIn(context, plan.to))),
    sends: [`POST and GET ${context.settings.host}/orders: one order, from outside`],
  }),
  settle: ({ context, plan }) => only(readyIn(context, plan.from)),
  reconcile: async ({ context, plan }) => ({
    ...(await only(
      ...(lostOrNot(plan) ? [plan.to] : [plan.from, plan.to]).map(region => queuesIn(context, region)),
    )),
    sends: lostOrNot(plan) ? [] : [`a replay of what still lies in the queue of ${plan.from}`],
  }),
};
