import { HoldfastError } from '../errors';
import type { ControlView } from './view';

/** A move that the page asks for. */
export interface MoveRequest {
  readonly mode: 'switchover' | 'failback' | 'failover';
  readonly to: string;
  /** Writes a second of the load beside it; 0 for none. */
  readonly rate: number;
  /** A failover loses what the standby had not received; a person accepts that. */
  readonly acceptDataLoss: boolean;
}

/** What carries a drill out: the same code as `holdfast drill`. Each resolves when the drill has ended. */
export interface DrillStarter {
  start(request: MoveRequest, signal: AbortSignal): Promise<void>;
  /** Undoes a drill that did not end and that nobody drives. */
  undo(id: string, signal: AbortSignal): Promise<void>;
}

/** The drill that the page shows, as far as its control needs it. */
export interface ShownDrill {
  readonly id: string;
  /** Whether it did not end. */
  readonly open: boolean;
  /** Whether another process drives it; undefined when that is not known. */
  readonly driven: boolean | undefined;
}

/** Starts and aborts drills for the page, one at a time. */
export class DrillControl {
  private current: { readonly what: string; readonly stop: AbortController; aborting: boolean } | undefined;
  private error: string | undefined;
  private ended: Promise<void> = Promise.resolve();

  constructor(
    private readonly starter: DrillStarter,
    private readonly shown: () => ShownDrill | undefined,
    /** Ends with the server: what it started is aborted, as Ctrl-C does for `holdfast drill`. */
    private readonly signal: AbortSignal,
  ) {}

  /** Whether a drill that was started here is under way. */
  get busy(): boolean {
    return this.current !== undefined;
  }

  /** Resolves when nothing that was started here is under way. */
  settled(): Promise<void> {
    return this.ended;
  }

  /**
   * Starts a move and returns at once.
   * @throws HoldfastError `conflict` when a drill is under way, `refused` for a failover whose loss was not accepted
   */
  start(request: MoveRequest): void {
    const { mode, to, acceptDataLoss } = request;
    if (this.current !== undefined) throw underWay(this.current.what);
    const shown = this.shown();
    if (shown?.open && shown.driven !== false) throw underWay(shown.id);
    if (mode === 'failover' && !acceptDataLoss) {
      throw new HoldfastError(
        'refused',
        'a failover loses what the standby had not received; accept that, or choose switchover',
      );
    }
    this.run(`${mode} to ${to}`, signal => this.starter.start(request, signal));
  }

  /**
   * Aborts what was started here, or undoes the shown drill when it did not end and nobody drives it.
   * @throws HoldfastError `not-found` when there is nothing to abort, `conflict` when another process drives it
   */
  abort(): void {
    if (this.current !== undefined) {
      this.current.aborting = true;
      this.current.stop.abort();
      return;
    }
    const shown = this.shown();
    if (shown === undefined || !shown.open) throw new HoldfastError('not-found', 'no drill is under way');
    if (shown.driven !== false) {
      throw new HoldfastError(
        'conflict',
        `another process drives ${shown.id}; press Ctrl-C where it was started`,
      );
    }
    this.run(`undo ${shown.id}`, signal => this.starter.undo(shown.id, signal));
  }

  /** What the page is told. */
  view(): ControlView {
    const { current, error } = this;
    if (current === undefined) return { state: 'idle', ...(error === undefined ? {} : { error }) };
    return { state: current.aborting ? 'aborting' : 'running', what: current.what };
  }

  private run(what: string, act: (signal: AbortSignal) => Promise<void>): void {
    const stop = new AbortController();
    this.current = { what, stop, aborting: false };
    this.error = undefined;
    this.ended = act(AbortSignal.any([stop.signal, this.signal]))
      .catch(error => {
        this.error = `${what}: ${error instanceof Error ? error.message : String(error)}`;
      })
      .finally(() => {
        this.current = undefined;
      });
  }
}

const underWay = (what: string) =>
  new HoldfastError('conflict', `${what} is under way; wait until it has ended, or abort it`);
