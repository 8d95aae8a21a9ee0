import { HoldfastError } from '../errors';
import type { Clock, Output } from '../ports';
import type { ProcessRegistry, ProcessSpec, RunningProcess } from './processes';

/** Pause before the first restart, in milliseconds; each further death in a row doubles it. */
const FIRST_PAUSE = 250;
/** Longest pause between restarts, in milliseconds. */
const LONGEST_PAUSE = 10_000;
/** A process that lived this long, in milliseconds, counts as healthy: the next death starts anew. */
const SETTLED = 10_000;

/** What a supervisor needs. */
export interface SupervisorOptions {
  readonly registry: Pick<ProcessRegistry, 'start'>;
  readonly clock: Clock;
  readonly output: Output;
  /** Name of the process, for messages. */
  readonly name: string;
  /** Makes the specification anew before each start, so that a restart may take another port. */
  readonly specify: () => Promise<ProcessSpec> | ProcessSpec;
  /** Called after each start. */
  readonly started?: (running: RunningProcess) => void;
}

/** Keeps one process alive: what dies unasked is started again, ever more slowly when it keeps dying. */
export class Supervisor {
  private running: RunningProcess | undefined;
  private keeping: Promise<void> | undefined;
  private stopping = new AbortController();
  private deaths = 0;
  private restarted = 0;

  constructor(private readonly options: SupervisorOptions) {}

  /** The living process, or undefined between a death and the restart. */
  get process(): RunningProcess | undefined {
    return this.running;
  }

  /** Restarts since the beginning. */
  get restarts(): number {
    return this.restarted;
  }

  /** Starts the process and keeps it. Rejects when the first start fails. Nothing happens when it is kept already. */
  async start(): Promise<void> {
    if (this.keeping !== undefined) return;
    this.stopping = new AbortController();
    this.deaths = 0;
    await this.launch();
    this.keeping = this.keep(this.stopping.signal);
  }

  /** Stops the process in order and keeps it no more. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running?.stop();
    await this.keeping;
    this.keeping = undefined;
  }

  private async launch(): Promise<void> {
    const spec = await this.options.specify();
    const running = await this.options.registry.start(spec);
    this.running = running;
    this.options.started?.(running);
  }

  private async keep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.sawDeath(signal);
      if (signal.aborted) return;
      const pause = Math.min(FIRST_PAUSE * 2 ** (this.deaths - 1), LONGEST_PAUSE);
      try {
        await this.options.clock.sleep(pause, signal);
        await this.launch();
        this.restarted += 1;
      } catch (error) {
        if (!(error instanceof HoldfastError && error.code === 'aborted')) this.report(error);
      }
    }
    // A stop that came during a restart finds the newcomer here.
    await this.running?.stop();
    this.running = undefined;
  }

  private async sawDeath(signal: AbortSignal): Promise<void> {
    const { clock, output, name } = this.options;
    const born = clock.monotonic();
    const exit = await this.running?.exited;
    this.running = undefined;
    this.deaths = clock.monotonic() - born > SETTLED ? 1 : this.deaths + 1;
    if (signal.aborted || exit === undefined) return;
    output.emit({
      code: 'lab.process.died',
      level: 'warn',
      text: `${name} ended unasked (${exit.signal ?? `exit ${exit.code}`}); starting it again`,
      data: { name, ...exit, deaths: this.deaths },
    });
  }

  private report(error: unknown): void {
    const { output, name } = this.options;
    const reason = error instanceof Error ? error.message : String(error);
    output.emit({ code: 'lab.process.failed', level: 'error', text: `${name}: ${reason}`, data: { name } });
  }
}
