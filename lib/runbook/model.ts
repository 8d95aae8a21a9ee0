import type { ResolvedTopology } from '../../regions';

/** Who acts. A team writes beside each role who that is this week; the runbook does not know. */
export type Owner = 'on-call' | 'incident lead' | 'database owner' | 'security';

/** One step: one person, one act, one thing to see. */
export interface RunbookStep {
  /** Stable within its runbook, so that an alarm or a dashboard can lead to it. */
  readonly id: string;
  /** What is to be done, in one sentence. */
  readonly act: string;
  readonly owner: Owner;
  /** What to type, one command a line. @default - the step is for eyes or for a decision */
  readonly commands?: readonly string[];
  /** What is seen when it went well. */
  readonly expect: string;
  /** What to do when it is not. @default - stop, and ask the incident lead */
  readonly otherwise?: string;
}

/** What a person follows when something is to be done or has gone wrong, with the names of one Region. */
export interface Runbook {
  readonly id: RunbookId;
  readonly title: string;
  /** When it is the right one. */
  readonly when: string;
  readonly region: string;
  /** What must be known before the first step. */
  readonly before: readonly string[];
  readonly steps: readonly RunbookStep[];
}

/** The runbooks there are. */
export const RUNBOOK_IDS = [
  'evacuate',
  'fail-back',
  'drain-clone',
  'replay-queue',
  'stuck-work',
  'slow-or-failing',
  'service-level',
  'stale-data',
  'promote-secret',
  'rebuild-replica',
  'rotate-key',
  'restore-backup',
  'bad-release',
] as const;
/** One of {@link RUNBOOK_IDS}. */
export type RunbookId = (typeof RUNBOOK_IDS)[number];

/** What a runbook is made from: facts of the topology alone, so that it is the same on every machine. */
export interface RunbookInput {
  readonly topology: ResolvedTopology;
  /** Region in which the reader acts. */
  readonly region: string;
  /** A Region that could take over from it. */
  readonly other: string;
}

/** A runbook as written: everything but what its place adds. */
export type Book = (input: RunbookInput) => Omit<Runbook, 'id' | 'region'>;
