import type { Clock } from '../clock';

/** Below it, in milliseconds, a difference of the clocks is one of their rates, or a small step of the wall clock. */
const STEP = 500;

/**
 * Monotonic time that also counts what a machine slept: the monotonic clock stands still while a whole machine is
 * suspended, and whoever holds something by it would hold it still, hours after another has taken it over. The wall
 * clock goes on; where it is ahead of the other, the machine is asked how long it has been up, sleep included, and where
 * it does not say, the wall clock is believed: then one that was put forward makes a lease end too early, which costs a
 * reading. One that was put back is not followed.
 *
 * For holders alone: who waits for the end of another's lease must not believe that time has passed.
 */
export function wakingTime(clock: Pick<Clock, 'monotonic' | 'now' | 'sinceBoot'>): () => number {
  const awake = clock.monotonic();
  const up = clock.sinceBoot?.();
  let slept = 0;
  let monotonic = awake;
  let wall = clock.now().getTime();
  const sleptSinceBoot = () =>
    up === undefined ? undefined : (clock.sinceBoot?.() ?? up) - up - (monotonic - awake);
  return () => {
    const before = { monotonic, wall };
    monotonic = clock.monotonic();
    wall = clock.now().getTime();
    const ahead = wall - before.wall - (monotonic - before.monotonic);
    if (ahead > STEP) slept = Math.max(slept, sleptSinceBoot() ?? slept + ahead);
    return monotonic + slept;
  };
}
