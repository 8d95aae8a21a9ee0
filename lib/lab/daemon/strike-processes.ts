import { HoldfastError } from '../../errors';
import type { RunningProcess } from '../processes';
import type { LabFault } from './fault';
import type { StruckWorld } from './faults';
import { loseControlPlane } from './lost-region';

type ProcessFault = LabFault & {
  readonly action: 'kill' | 'freeze' | 'thaw' | 'delay' | 'mend' | 'skew' | 'unskew';
};

/**
 * Strikes the processes that a fault names: one of a kind, unless it says all; a zone or a Region is always struck whole,
 * and a lift lifts it from every process of the kind.
 * @throws HoldfastError `not-found` when none of them lives, `timeout` when one does not do what it is told
 */
export async function strikeProcesses(fault: LabFault, world: StruckWorld): Promise<void> {
  const { action, target, region } = fault as ProcessFault;
  const found = processesOf(fault, world);
  if (found.length === 0) throw nothing(fault);
  const lifts = action === 'thaw' || action === 'mend' || action === 'unskew';
  const whole = lifts || fault.all === true || target === 'region' || fault.zone !== undefined;
  if (target === 'region') loseControlPlane(region, action === 'freeze', world.state);
  await Promise.all(
    (whole ? found : found.slice(0, 1)).map(process => strikeProcess(process, fault as ProcessFault)),
  );
}

async function strikeProcess(process: RunningProcess, fault: ProcessFault): Promise<void> {
  const { milliseconds = 0, seconds = 0, rate = 1 } = fault;
  switch (fault.action) {
    case 'kill':
      return process.kill('SIGKILL');
    case 'freeze':
      return process.freeze();
    case 'thaw':
      return process.thaw();
    case 'delay':
      return process.disturb({ delayMilliseconds: milliseconds });
    case 'mend':
      return process.disturb({ delayMilliseconds: 0 });
    case 'skew':
      return process.disturb({ clock: { seconds, rate } });
    case 'unskew':
      return process.disturb({ clock: { seconds: 0, rate: 1 } });
  }
}

const ENTRIES: Partial<Record<LabFault['target'], readonly string[]>> = {
  clone: ['service'],
  worker: ['worker'],
  zone: ['service', 'worker'],
  region: ['service', 'worker'],
};

function processesOf(
  { target, region, zone, instance }: LabFault,
  { stores, followers }: StruckWorld,
): RunningProcess[] {
  const follower = followers.regions.get(region);
  const is = (...targets: LabFault['target'][]) => targets.includes(target) || target === 'region';
  const entries = ENTRIES[target] ?? [];
  const found = [
    ...(follower?.instances.struck({ entries, zone, id: instance }) ?? []),
    ...(is('gate') ? (follower?.runningGates.map(gate => gate.process) ?? []) : []),
    is('cache') ? stores.caches.get(region)?.process : undefined,
    ...(is('database') ? stores.homes.map(({ database }) => database.server(region).process) : []),
    is() ? followers.liveSettings.get(region)?.function?.process : undefined,
  ];
  return found.filter(process => process !== undefined);
}

function nothing({ target, region, zone, instance }: LabFault): HoldfastError {
  const which = instance ?? target;
  return new HoldfastError(
    'not-found',
    `no ${which} runs in ${zone === undefined ? region : `${zone} of ${region}`}`,
  );
}
