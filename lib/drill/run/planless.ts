import type { DrillContext } from './context';
import { Journal, type JournalStore } from './journal';

/** Longer than any wait for the lock and any preflight; unscaled, since both wait for answers of real servers too. */
const ALIVE_MINUTES = 15;

/**
 * Closes the journals of drills whose process died before it had made a plan: they changed nothing, have nothing to resume,
 * and would stay open forever. Called by who holds the drill lock. One that turns out to be alive after all has lost the
 * lock, and so can do no harm; one that began a moment ago may be waiting for the lock, and is left alone.
 */
export function closePlanless(context: DrillContext, store: JournalStore, own: string): void {
  const { clock } = context;
  const before = clock.now().getTime() - ALIVE_MINUTES * 60_000;
  for (const id of store.ids().filter(known => known !== own)) {
    const journal = new Journal(store.open(id), clock.now, context.holder);
    const begun = Date.parse(journal.entries[0]?.at ?? '');
    if (!journal.planless || !(begun < before)) continue;
    const reason = 'its process died before there was a plan; nothing was changed';
    journal.close('aborted', reason);
    context.output.emit({ code: 'drill.planless', level: 'warn', text: `drill ${id} is closed: ${reason}` });
  }
}
