import type { Plan } from '../plan/plan';
import type { DrillContext } from '../run/context';
import type { HeldLock } from '../run/drill-lock';
import type { Journal } from '../run/journal';
import type { JournalMirror } from '../run/journal-mirror';
import type { DrillRecords } from '../run/registers';

/** A drill under way, as its steps see it. */
export interface Run {
  readonly context: DrillContext;
  readonly plan: Plan;
  readonly journal: Journal;
  readonly lock: HeldLock;
  /** Its journal's copy beside the register. */
  readonly mirror: JournalMirror;
  /** Those that the register goes through; others after a turn. */
  records: DrillRecords;
  /** Monotonic milliseconds at which this process was first sure that the register says `fencing`. */
  fencedAt?: number;
  /** ARN of the cluster that takes over. */
  targetClusterArn?: string;
  /** Monotonic milliseconds at which this process began to drive it. */
  readonly beganAt: number;
  /** Monotonic milliseconds at which it last sent what may not be repeated. */
  sentAt?: number;
  /** Whether an act that may not be repeated may leave at this moment; asked when all but the sending is done. */
  maySend: () => boolean;
  /** What went wrong with the last act of the step under way. */
  problem?: string;
  /** Regions in whose queues the last look found what can be replayed. */
  stranded?: readonly string[];
  /** Why the step under way is not done yet; for the message when it gets stuck. */
  waitingFor?: string;
}

/** What the state says about a step: it has happened, it happens, or it has not begun. */
export type Examined = 'done' | 'under-way' | 'pending';

/**
 * What a step does. The runner examines before it acts and after it has acted, so that a step whose answer was
 * lost, or whose process was killed, is judged by the state that it left and never repeated blindly.
 */
export interface StepAction {
  examine(run: Run): Promise<Examined>;
  /** Checks preconditions with reads alone, right before the act. @default - nothing to check */
  prepare?(run: Run): Promise<void>;
  /** Acts. @default - there is nothing to do but to wait */
  perform?(run: Run): Promise<void>;
}

/** Regions that take no part in the move: they stay standbys, and follow another writer afterwards. */
export const othersOf = ({ context, plan }: Run): readonly string[] =>
  context.settings.regions.filter(region => region !== plan.from && region !== plan.to);

/** Notes what is awaited and says that it has not come. */
export function waiting(run: Run, reason: string, examined: Examined = 'pending'): Examined {
  run.waitingFor = reason;
  return examined;
}
