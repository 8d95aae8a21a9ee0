import type { JournalCopy } from '../../ports';
import type { DrillMode } from '../plan/plan-steps';
import type { DrillContext } from './context';
import { firstAnswer } from './endpoints';
import { isRefused, messageOf } from './failures';
import { COPIED, Journal, type JournalStore } from './journal';

/** Where the copy of a journal is looked for, and for what. */
export interface Adoption {
  readonly context: DrillContext;
  readonly store: JournalStore;
  readonly mode: DrillMode;
  /** Regions whose copies of the table are asked, in turn. */
  readonly endpoints: readonly string[];
}

/**
 * Brings the journals of this machine up to the copy beside the register, which may be that of another machine's drill, or of
 * one of here that another machine went on with. Resolves to the state of the copy.
 * @throws HoldfastError `unavailable` when it cannot be read; `refused` when it may not be, or is damaged, unless the Region is
 * to be failed over from
 */
export async function adoptCopy({
  context,
  store,
  mode,
  endpoints,
}: Adoption): Promise<JournalCopy | undefined> {
  try {
    const copy = await firstAnswer(endpoints, region => context.cloud.readJournalCopy(region));
    if (copy !== undefined) adopt(store, copy, context);
    return copy;
  } catch (error) {
    if (!isRefused(error) || mode !== 'failover') throw error;
    const text = `whether another machine's drill is open is not known: ${messageOf(error)}`;
    context.output.emit({ code: 'drill.journal.unread', level: 'error', text });
    return undefined;
  }
}

function adopt(store: JournalStore, { drillId, text }: JournalCopy, { output, clock }: DrillContext): void {
  const file = store.open(drillId);
  const here = new Journal(file, clock.now);
  const there = new Journal({ read: () => text, append: () => undefined }, clock.now);
  if (!isNewer(there, here)) return;
  file.append(`${COPIED}\n${text}`);
  const what = here.entries.length === 0 ? 'is another machine’s' : 'was gone on with on another machine';
  const said = `drill ${drillId} ${what}; its journal was taken from beside the register`;
  output.emit({ code: 'drill.journal.taken', level: 'warn', text: said });
}

/** By term, then by length; of two processes in one term the one that could copy is the one that others know of. */
function isNewer(there: Journal, here: Journal): boolean {
  const [theirs, ours] = [there.entries.at(-1), here.entries.at(-1)];
  if (ours === undefined) return true;
  const [term = 0, own = 0] = [theirs?.term, ours.term];
  if (term !== own) return term > own;
  return theirs?.writer === ours.writer ? there.entries.length > here.entries.length : true;
}
