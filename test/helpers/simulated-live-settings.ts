import type { ColourWeights, WeightsPort } from '../../lib/runtime/live-settings/live-settings';
import { type LeasePort, turnLiveSettings } from '../../lib/runtime/live-settings/live-settings-controller';
import {
  claimLease,
  mayShift,
  type ShiftHolder,
  type ShiftLease,
} from '../../lib/runtime/live-settings/live-settings-lease';
import { silentLogger } from '../../lib/runtime/telemetry/logger';

/** Lets others run between any two calls; a test decides who. */
export type Pause = (what: string) => Promise<void>;

/** A Region's stack, listener, stored weights and lease, with the controller that every event wakes. */
export class SimulatedLiveSettings {
  stored: ColourWeights | undefined;
  listener: ColourWeights | undefined;
  lease: ShiftLease | undefined;
  status = 'UPDATE_COMPLETE';
  /** Milliseconds since 1970. */
  now = 1_000_000;
  /** How often somebody wrote the stored weights. */
  writes = 0;
  /** Whether events reach the controller. */
  eventsLost = false;
  private readonly turns: Promise<unknown>[] = [];

  /** Taken before every call and every step of a deploy. */
  pause: Pause = async () => undefined;

  readonly weights: WeightsPort = {
    stored: async () => {
      await this.pause('read stored');
      return this.stored;
    },
    bear: async weights => {
      await this.pause('bear');
      this.stored ??= weights;
    },
    live: async () => {
      await this.pause('read listener');
      return this.listener;
    },
    apply: async weights => {
      await this.pause('write listener');
      if (this.listener !== undefined) this.listener = weights;
    },
  };

  readonly leasePort: LeasePort = {
    read: async () => {
      await this.pause('read lease');
      return this.lease;
    },
    write: async (next, seen) => {
      await this.pause('write lease');
      if (JSON.stringify(this.lease) !== JSON.stringify(seen)) return false;
      this.lease = next;
      return true;
    },
  };

  /** One turn of the controller. */
  turn(lease = this.leasePort) {
    return turnLiveSettings({
      weights: this.weights,
      floors: {},
      lease,
      stack: async () => {
        await this.pause('read status');
        return { id: 'stack/orders-service/1', status: this.status };
      },
      // Two claims are never in one millisecond, as the condition on the lease assumes.
      clock: { now: () => new Date(this.now++), monotonic: () => this.now, sleep: async () => undefined },
      logger: silentLogger,
    });
  }

  /** Something happened that wakes the controller. */
  wake(): void {
    if (!this.eventsLost) this.turns.push(this.turn());
  }

  /** Everything that events have started. */
  async settled(): Promise<void> {
    for (let done = 0; done < this.turns.length; done = this.turns.length) await Promise.all(this.turns);
  }

  /** A deploy whose template carries `weights`; one that fails puts the weights back that the old template had. */
  async deploy(weights: ColourWeights, old?: ColourWeights): Promise<void> {
    const move = async (status: string, listener?: ColourWeights) => {
      await this.pause(status);
      this.status = status;
      if (listener !== undefined) this.listener = listener;
      this.wake();
    };
    await move('UPDATE_IN_PROGRESS');
    await move('UPDATE_IN_PROGRESS', weights);
    if (old === undefined) {
      await move('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
      return move('UPDATE_COMPLETE');
    }
    await move('UPDATE_ROLLBACK_IN_PROGRESS');
    await move('UPDATE_ROLLBACK_IN_PROGRESS', old);
    await move('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
    await move('UPDATE_ROLLBACK_COMPLETE');
  }

  /** Claims the lease for a shift; its token, or who stands in the way. */
  async claim(shift: ShiftHolder): Promise<number | ShiftHolder> {
    const seen = await this.leasePort.read();
    const claim = claimLease(seen, shift, this.now++);
    if (!claim.granted) return claim.holder;
    return (await this.leasePort.write(claim.lease, seen)) ? claim.lease.token : this.claim(shift);
  }

  /** One step of a shift under its lease: stores the weights unless the lease is lost. */
  async step(shift: ShiftHolder, token: number, weights: ColourWeights): Promise<boolean> {
    if (!mayShift(await this.leasePort.read(), shift, token, this.now)) return false;
    await this.pause('store');
    this.stored = weights;
    this.writes += 1;
    this.wake();
    return true;
  }
}
