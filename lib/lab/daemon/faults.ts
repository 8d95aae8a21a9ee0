import { z } from 'zod';
import { HoldfastError } from '../../errors';
import type { HeldKind } from '../reconciler';
import type { Stores } from './data-plane';
import type { Followers } from './followers';

/** What a fault strikes. */
export const FAULT_TARGETS = ['clone', 'worker', 'cache', 'database', 'gate'] as const;
/** See {@link LabFault}. */
export const FAULT_ACTIONS = ['kill', 'hold', 'release', 'pause', 'resume'] as const;

/**
 * A fault of the data plane. `kill`: SIGKILL to one process, which is started again as its service would. `hold`:
 * all of the kind in the Region end and stay down until `release`. `pause` and `resume`: the Region's database stops
 * replaying and goes on.
 */
export interface LabFault {
  readonly action: (typeof FAULT_ACTIONS)[number];
  readonly target: (typeof FAULT_TARGETS)[number];
  readonly region: string;
}

const schema = z.strictObject({
  action: z.enum(FAULT_ACTIONS),
  target: z.enum(FAULT_TARGETS),
  region: z.string(),
});

/**
 * Carries out a fault.
 * @throws HoldfastError `not-found` when there is nothing to strike, `invalid-input` for a fault that makes no sense
 */
export async function strike(body: unknown, stores: Stores, followers: Followers): Promise<void> {
  const fault = schema.parse(body);
  if (!followers.regions.has(fault.region)) {
    const known = [...followers.regions.keys()].join(', ');
    throw new HoldfastError('not-found', `no Region ${fault.region} in this lab, which has ${known}`);
  }
  if (fault.action === 'kill') kill(fault, stores, followers);
  else if (fault.action === 'hold' || fault.action === 'release') await hold(fault, stores, followers);
  else await replay(fault, stores);
}

function kill({ target, region }: LabFault, stores: Stores, followers: Followers): void {
  const follower = followers.regions.get(region);
  const entry = { clone: 'service', worker: 'worker' }[target as string];
  if (entry !== undefined) {
    if (follower?.instances.kill(entry) === undefined) throw nothing(target, region);
  } else if (target === 'database') stores.database.server(region).kill();
  else if (target === 'cache') stores.caches.get(region)?.kill();
  else if (follower?.gate === undefined) throw nothing(target, region);
  else follower.gate.kill();
}

async function hold(
  { action, target, region }: LabFault,
  stores: Stores,
  followers: Followers,
): Promise<void> {
  const down = action === 'hold';
  if (target === 'database') {
    if (down) await stores.database.hold(region);
    else await stores.database.release(region);
    return;
  }
  if (target === 'cache') {
    const cache = stores.caches.get(region);
    await (down ? cache?.stop() : cache?.start());
    return;
  }
  const kind: HeldKind = target === 'clone' ? 'service' : target;
  const follower = followers.regions.get(region);
  await (down ? follower?.hold(kind) : follower?.release(kind));
}

async function replay({ action, target, region }: LabFault, stores: Stores): Promise<void> {
  if (target !== 'database') {
    throw new HoldfastError('invalid-input', `${action} is for a database; use kill, hold or release`);
  }
  await stores.database.server(region).query(`select pg_wal_replay_${action}()`);
}

function nothing(target: string, region: string): HoldfastError {
  return new HoldfastError('not-found', `no ${target} runs in ${region}`);
}
