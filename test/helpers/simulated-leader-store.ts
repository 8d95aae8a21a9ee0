// The item of a lease, with its conditions, behind a network that delays, loses and cuts.
import type { LeaderRecord, LeaderStore } from '../../lib/runtime/leader/leader-store';
import { compareTokens } from '../../lib/runtime/leader/token';
import type { Candidate } from './simulated-candidate';
import type { SimulatedLeaders } from './simulated-leaders';

/** Milliseconds of a lease, and between two of its renewals. */
export const LEASE = 10_000;
export const HEARTBEAT = LEASE / 3;

/** The adapters' own limit of one call. */
const TIMEOUT = HEARTBEAT / 2;
const LOST = new Error('lost');

/** One record; each operation happens at one moment between its start and its answer, or much later, or never. */
export class SimulatedLeaderStore {
  private record: LeaderRecord | undefined;

  constructor(private readonly world: SimulatedLeaders) {}

  /** The port of one life of a process: no answer reaches the next. */
  portOf(process: Candidate, life: number): LeaderStore {
    const call = <T>(operation: () => T) => this.call(process, life, operation);
    return {
      read: () => call(() => this.record),
      take: (next, seen) => call(() => this.write(next, isSame(this.record, seen))),
      renew: (next, holder) =>
        call(() => {
          const now = this.record;
          const held = now?.holder === holder && compareTokens(now.token, next.token) === 0;
          return this.write(next, held && now.beat < next.beat);
        }),
    };
  }

  private write(next: LeaderRecord, holds: boolean): boolean {
    if (holds) this.record = next;
    return holds;
  }

  private call<T>(process: Candidate, life: number, operation: () => T): Promise<T> {
    const { world } = this;
    const { simulation, isCalm } = world;
    const { random } = simulation;
    return new Promise((resolve, reject) => {
      const startedAt = simulation.time;
      // By the process's own clock, like everything else it measures.
      const limit = TIMEOUT / process.rate;
      const cut = () => process.cutUntil > simulation.time || (!isCalm && random.chance(0.05));
      if (cut()) return process.after(limit, () => reject(LOST), life);
      const [there, back] = [world.latency(), world.latency()];
      const lost = cut() || there + back > limit;
      if (lost) process.after(limit, () => reject(LOST), life);
      simulation.at(startedAt + there, () => {
        const answer = operation();
        if (!lost) process.after(back, () => resolve(answer), life);
      });
    });
  }
}

function isSame(record: LeaderRecord | undefined, seen: LeaderRecord | undefined): boolean {
  if (record === undefined || seen === undefined) return record === seen;
  return compareTokens(record.token, seen.token) === 0 && record.beat === seen.beat;
}
