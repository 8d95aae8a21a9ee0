import type { Clock, Cloud, Output, Outside } from '../../ports';
import type { Load } from '../load/load';
import type { DrillMode } from '../plan/plan-steps';
import type { DrillSettings, Entries } from '../plan/settings';
import type { JournalStore } from './journal';

/** What the active Region owes and has set aside. */
export interface JobCounts {
  readonly owed: number;
  /** Owed and not sent under the present epoch, but for what was placed just now and is on its way. */
  readonly unsent: number;
  readonly parked: number;
}

/** The jobs of the Region that is active, for who may sign in to its database. */
export interface DrillJobs {
  counts(): Promise<JobCounts>;
  /** Brings home what lies in the queues of a Region that is not active; once in effect, however often it is asked. */
  replayStranded(region: string): Promise<void>;
}

/** What every drill command needs of the outside. */
export interface DrillContext {
  readonly cloud: Cloud;
  readonly outside: Outside;
  readonly clock: Clock;
  readonly output: Output;
  /** From 0 to below 1; for jitter and ids only. */
  readonly random: () => number;
  readonly settings: DrillSettings;
  readonly entries: Entries;
  /** Divides every interval, time to live and lease; 1 on AWS, 10 at most in the lab. */
  readonly timeScale: number;
  readonly target: 'lab' | 'aws';
  /** Folder of all drills: `<project>/out/drills`. */
  readonly directory: string;
  /** Names this process in the drill lock; never reused (host, pid and start time). */
  readonly holder: string;
  /** Who gives the commands, for the record. @default unknown */
  readonly operator?: string;
  /** Where journals are kept. @default - files in {@link directory} */
  readonly journals?: JournalStore;
  /**
   * A load that already runs and is measured; the drill tells it the phases, stops it and verifies its ledger.
   * @default - none: nothing is said about writes
   */
  readonly load?: Load;
  /** @default - the database is not signed in to, and what it owes is not looked at */
  readonly jobs?: DrillJobs;
  /** Aborts the drill within one poll interval. */
  readonly signal?: AbortSignal;
}

/** A drill to run. */
export interface DrillRequest {
  /** @default switchover */
  readonly mode?: DrillMode;
  /** Region that takes over. */
  readonly to: string;
  /** Checks that may stay unknown; named one by one, since unknown is not clean (law 7). @default - none */
  readonly acceptUnknown?: readonly string[];
  /**
   * Whether a person accepts that a failover loses what the standby had not received. Only a failover asks for it.
   * @default false
   */
  readonly acceptDataLoss?: boolean;
  /** The Region as a person typed it once more, for the record. @default - nobody was asked to */
  readonly confirmed?: string;
}
