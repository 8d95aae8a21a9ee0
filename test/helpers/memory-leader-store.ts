// A lease's record in memory, with the conditions of the port.
import type { LeaderRecord, LeaderStore } from '../../lib/runtime/leader/leader-store';
import { compareTokens } from '../../lib/runtime/leader/token';

/** One record. `failing` makes each call fail before it does anything. */
export class MemoryLeaderStore implements LeaderStore {
  record: LeaderRecord | undefined;
  failing = false;

  async read() {
    this.answer();
    return this.record;
  }

  async take(next: LeaderRecord, seen: LeaderRecord | undefined) {
    this.answer();
    const now = this.record;
    const same =
      now === undefined || seen === undefined
        ? now === seen
        : compareTokens(now.token, seen.token) === 0 && now.beat === seen.beat;
    return this.write(next, same);
  }

  async renew(next: LeaderRecord, holder: string) {
    this.answer();
    const now = this.record;
    const held = now?.holder === holder && compareTokens(now.token, next.token) === 0;
    return this.write(next, held && now.beat < next.beat);
  }

  private write(next: LeaderRecord, holds: boolean): boolean {
    if (holds) this.record = next;
    return holds;
  }

  private answer(): void {
    if (this.failing) throw new Error('no answer');
  }
}
