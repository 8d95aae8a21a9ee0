import type { DrillView } from './drill-view';
import type { Traffic } from './traffic';

/**
 * Something that was seen, and how long ago. The page greys what is old and says its age: an old value is never shown
 * as a fresh one, and what was never seen is unknown (law 7).
 */
export interface Fact<T> {
  /** The newest value; null when nothing was seen yet. */
  readonly value: T | null;
  /** Age of the value when the view was made; null when nothing was seen yet. */
  readonly ageSeconds: number | null;
  /** Why the last look saw nothing. @default - it saw the value */
  readonly why?: string;
}

/** One clone or worker. */
export interface CloneView {
  readonly id: string;
  readonly group: string;
  readonly kind: 'clone' | 'worker';
  readonly running: boolean;
  readonly restarts: number;
  /** As the balancer sees it; null for a worker, and while the balancer does not know it. */
  readonly health: string | null;
}

/** What runs in one Region. */
export interface RegionView {
  readonly region: string;
  readonly address: string;
  readonly database: {
    readonly role: 'writer' | 'replica';
    readonly running: boolean;
    /** Replication lag; null for the writer and while unknown. */
    readonly lagSeconds: number | null;
  };
  readonly cache: boolean;
  readonly clones: readonly CloneView[];
}

/** What a Region's gate answered to a request from outside. */
export interface GateView {
  readonly says: 'active' | 'not active' | 'no answer';
  readonly epoch: number | null;
  /** Whether the gate keeps its last answer because it cannot read the register. */
  readonly keepsLast: boolean;
}

/** What a Region's service says of itself at its own name. */
export interface ServiceView {
  readonly says: 'active' | 'standby' | 'not ready' | 'no answer';
  readonly epoch: number | null;
}

/** Answers of one Region from outside. */
export interface AnswersView {
  readonly gate: Fact<GateView>;
  readonly service: Fact<ServiceView>;
}

/** What the page may do, and what it has under way. */
export interface ControlView {
  readonly state: 'idle' | 'running' | 'aborting';
  /** What was asked for: `switchover to us-west-2`. */
  readonly what?: string;
  /** Why the last request came to nothing. */
  readonly error?: string;
}

/** Everything that the page is told; holds no secret. Later versions only add. */
export interface UiView {
  readonly version: 1;
  /** Wall-clock time of the server when the view was made, ISO 8601. */
  readonly at: string;
  readonly lab: LabView;
  readonly register: Fact<{
    readonly region: string;
    readonly phase: 'active' | 'fencing' | 'promoting';
    readonly epoch: number;
    readonly updatedBy: string;
    readonly updatedAt: string;
  }>;
  /** Where the service's name leads, as the lab's DNS server answers. */
  readonly name: Fact<{
    readonly region: string | null;
    readonly addresses: readonly string[];
    readonly ttlSeconds: number;
  }>;
  readonly regions: Fact<readonly RegionView[]>;
  readonly answers: Readonly<Record<string, AnswersView>>;
  /** Writes acknowledged in each Region in the last seconds; null while no load runs. */
  readonly traffic: Traffic | null;
  readonly problems: readonly string[];
  /** What the last look could not see. */
  readonly unknown: readonly string[];
  /** The newest drill, running or ended; null when none was ever run. */
  readonly drill: DrillView | null;
  readonly control: ControlView;
}

/** What does not change while a lab is up. */
export interface LabView {
  readonly application: string;
  readonly serviceHost: string;
  readonly since: string | null;
  /** Divides every interval, TTL and lease. */
  readonly timeScale: number;
  readonly regions: readonly string[];
  /** As promised, divided by the time scale. */
  readonly objectives: { readonly rtoSeconds: number; readonly rpoSeconds: number };
}
