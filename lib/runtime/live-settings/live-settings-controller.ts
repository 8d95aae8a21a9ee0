import type { Clock } from '../clock';
import { reasonOf } from '../errors';
import type { Logger } from '../telemetry/logger';
import {
  type FloorPort,
  reassertFloor,
  reassertWeights,
  type WeightsOutcome,
  type WeightsPort,
} from './live-settings';
import {
  claimLease,
  deployState,
  releaseLease,
  type ShiftHolder,
  type ShiftLease,
} from './live-settings-lease';

/** Where the lease is kept; a write succeeds only over exactly what was read. */
export interface LeasePort {
  read(): Promise<ShiftLease | undefined>;
  write(next: ShiftLease, seen: ShiftLease | undefined): Promise<boolean>;
}

/** What the controller of a Region works on. */
export interface LiveSettingsControllerOptions {
  readonly weights: WeightsPort;
  /** Floors by name of the group. */
  readonly floors: Readonly<Record<string, FloorPort>>;
  readonly lease: LeasePort;
  /** Id and status of the stack that declares the carriers; `undefined` when there is none. */
  readonly stack: () => Promise<{ readonly id: string; readonly status: string } | undefined>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What one turn did. */
export interface LiveSettingsReport {
  readonly deploy: 'running' | 'over' | 'gone';
  readonly weights?: WeightsOutcome;
  /** Groups whose smallest size was below the stored floor. */
  readonly raised: readonly string[];
}

/**
 * One turn of a Region's controller: while the stack is being deployed it holds the shift's lease; it gives the
 * carriers what is stored; and once the deploy is over it lets shifts go on. The lease is the last thing given back,
 * so that no shift resumes on weights that a deploy has reset. A register that cannot be read stops shifts and not
 * this: putting back what is stored needs no lease, since it decides nothing.
 *
 * @throws what kept it from putting the weights or a floor back, once everything has been tried
 */
export async function turnLiveSettings(options: LiveSettingsControllerOptions): Promise<LiveSettingsReport> {
  // Read before the status: a lease that a newer deploy has renewed since is then not given back.
  const before = await guarded(options, () => options.lease.read());
  const stack = await options.stack();
  const deploy = deployState(stack?.status);
  if (stack === undefined || deploy === 'gone') return { deploy, raised: [] };
  const holder: ShiftHolder = { kind: 'deploy', name: stack.id };
  if (deploy === 'running') await guarded(options, () => takeLease(options, holder));
  const failures: unknown[] = [];
  const weights = await reassertWeights(options.weights).catch(error => void failures.push(error));
  const raised: string[] = [];
  for (const [group, floor] of Object.entries(options.floors)) {
    const wasBelow = await reassertFloor(floor).catch(error => void failures.push(error));
    if (wasBelow === true) raised.push(group);
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map(reasonOf).join('; '));
  const released = deploy === 'over' ? releaseLease(before, holder) : undefined;
  if (released !== undefined) await guarded(options, () => options.lease.write(released, before));
  return { deploy, weights: weights ?? undefined, raised };
}

/** Takes the lease, again while others change it. */
async function takeLease(
  { lease, clock, logger }: LiveSettingsControllerOptions,
  holder: ShiftHolder,
): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const seen = await lease.read();
    const claim = claimLease(seen, holder, clock.now().getTime());
    if (!claim.granted || (await lease.write(claim.lease, seen))) return;
  }
  logger.warn('live-settings.lease-contended');
}

/** What the lease's table answers; a table out of reach is logged and answers nothing. */
async function guarded<T>(
  { logger }: LiveSettingsControllerOptions,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    logger.warn('live-settings.lease-out-of-reach', { problem: reasonOf(error) });
    return undefined;
  }
}
