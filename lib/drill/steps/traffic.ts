import { HoldfastError } from '../../errors';
import { gateMemoryName, regionHost } from '../../naming';
import { type GateAnswer, gate, parseJson, probe } from '../load/probe';
import { othersOf, type Run, type StepAction, waiting } from './action';

const WRITE_TIMEOUT_MILLISECONDS = 5000;
/** Clients count as reconnected once they have written as much as they write in this time. */
const RECONNECTED_SECONDS = 0.5;

/** Waits until the gate of the new Region says active and that of no other does. */
export const waitGates: StepAction = {
  async examine(run) {
    const { from, to } = run.plan;
    const opened = await gate(run.context, to);
    if (!opened?.active || (opened.epoch ?? 0) < run.records.active.epoch) {
      return waiting(run, `the gate of ${to} does not say active at epoch ${run.records.active.epoch} yet`);
    }
    for (const region of [from, ...othersOf(run)]) {
      const closed = await gate(run.context, region);
      // A gate that cannot be reached is unhealthy to Route 53 as well.
      if (closed?.active) {
        return waiting(run, `the gate of ${region} still says active${staleFix(run, region, closed)}`);
      }
    }
    return 'done';
  },
};

/** What a person does about a gate that cannot read the register and repeats its last answer. */
function staleFix({ plan, records }: Run, region: string, { stale }: GateAnswer): string {
  if (stale !== true) return '';
  const memory = JSON.stringify({ active: false, epoch: records.active.epoch });
  const parameter = gateMemoryName(plan.application);
  return `: it cannot read the register and repeats itself; write ${memory} into its parameter ${parameter} in ${region}`;
}

/**
 * Waits until the service's name resolves to addresses of the new Region and to no other, and until the drill's own
 * client, which keeps an answer for its TTL like any other, gets there too.
 */
export const waitDns: StepAction = {
  async examine(run) {
    const { outside, settings, entries } = run.context;
    const { to } = run.plan;
    const [service, region] = await Promise.all([
      outside.resolve(settings.host),
      outside.resolve(regionHost(to, settings.host)),
    ]);
    const turned =
      service.addresses.length > 0 && service.addresses.every(address => region.addresses.includes(address));
    if (!turned)
      return waiting(run, `${settings.host} resolves to ${service.addresses.join(', ') || 'nothing'}`);
    const answer = await probe(run.context, {
      ...entries.service,
      host: settings.host,
      path: '/healthz',
      timeoutMilliseconds: WRITE_TIMEOUT_MILLISECONDS,
    });
    const reached = answer?.headers['x-holdfast-region'];
    return reached === to ? 'done' : waiting(run, `clients still reach ${reached ?? 'nothing'}`);
  },
};

/** Waits until clients write in the new Region: the load if one runs, else a write of the drill's own. */
export const reconnect: StepAction = {
  async examine(run) {
    const { load } = run.context;
    if (load === undefined) return writeAndRead(run, 'reconnect');
    const wanted = Math.max(1, Math.ceil(load.rate * RECONNECTED_SECONDS));
    const written = load.acknowledgedUnder(run.records.active.epoch);
    return written >= wanted
      ? 'done'
      : waiting(run, `the load wrote ${written} of ${wanted} orders in ${run.plan.to}`);
  },
};

/** Writes one order and reads it back, both at the service's name. */
export const verify: StepAction = { examine: run => writeAndRead(run, 'verify') };

async function writeAndRead(run: Run, purpose: string) {
  const { settings, entries } = run.context;
  const base = { ...entries.service, host: settings.host, timeoutMilliseconds: WRITE_TIMEOUT_MILLISECONDS };
  const written = await probe(run.context, {
    ...base,
    path: '/orders',
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `${run.plan.id}:${purpose}` },
    body: JSON.stringify({ item: 'drill-probe', quantity: 1, ledger: `${run.plan.id}:probe`, number: 0 }),
  });
  if (written?.status !== 201)
    return waiting(run, `a write from outside got ${written?.status ?? 'no answer'}`);
  const region = written.headers['x-holdfast-region'];
  if (region !== run.plan.to) {
    return waiting(run, `a write from outside was answered by ${region ?? 'an unnamed Region'}`);
  }
  const id = (parseJson(written.body) as { id?: string } | undefined)?.id;
  if (id === undefined) throw new HoldfastError('refused', 'the service acknowledged an order without an id');
  const read = await probe(run.context, {
    ...base,
    path: `/orders/${encodeURIComponent(id)}`,
    headers: { 'cache-control': 'no-cache' },
  });
  return read?.status === 200
    ? 'done'
    : waiting(run, `a read from outside got ${read?.status ?? 'no answer'}`);
}
