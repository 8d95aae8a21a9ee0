import type { Run } from '../steps/action';
import { ensureLock } from './runner';

/**
 * Unscaled seconds after which a call that was sent and never answered cannot take effect any more: the provider refuses a
 * signature dated more than five minutes before its own clock (IAM guide, "Signature Version 4"), and the sender's clock
 * may be as much ahead of it. In the lab, where nothing checks that, a request travels within one machine.
 */
const CALL_LIFE_SECONDS = { aws: 600, lab: 60 } as const;

/**
 * Waits, with the drill lock held, until no call of this drill that may not be repeated is on its way any more: one that was
 * never answered would move the database again once another drill had moved it home. What this process sent counts from
 * then; what an earlier one sent left before this one held the lock.
 */
export async function outliveLateCalls(run: Run): Promise<void> {
  const { clock, timeScale, output, target } = run.context;
  const life = (CALL_LIFE_SECONDS[target] * 1000) / timeScale;
  const open = run.plan.steps
    .filter(step => !step.repeatable)
    .flatMap(step => run.journal.unanswered(step.id))
    .map(({ own }) => (own ? (run.sentAt ?? run.beganAt) : run.beganAt));
  const until = Math.max(...open, Number.NEGATIVE_INFINITY) + life;
  const left = () => until - clock.monotonic();
  if (left() <= 0) return;
  const seconds = left() / 1000;
  const text = `a call to the database was never answered: nothing else is moved for ${seconds.toFixed(0)} s`;
  output.emit({ code: 'drill.late-call', level: 'warn', text, data: { seconds } });
  while (left() > 0) await clock.sleep(Math.ceil(left()));
  await ensureLock(run);
}
