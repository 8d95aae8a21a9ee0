import { HoldfastError } from '../../errors';
import { liveSettingName, stackName } from '../../naming';
import type { Clock, Output } from '../../ports';
import { FunctionProcess } from '../functions';
import type { CallRecord, GatewayState } from '../gateway';
import type { ProcessRegistry } from '../processes';
import { type FunctionEnvironment, type Problems, readFunctions } from '../reconciler';
import { waitFor } from '../wait-for';

/** Milliseconds of the function's own clock, before the time scale. */
const CLOCK = 300_000;
/** Milliseconds before the next attempt when an invocation failed; Lambda, too, tries again. */
const AGAIN = 1000;
/** Milliseconds that a new process gets until it listens, and an invocation until it ends, as the function has. */
const START = 15_000;
const INVOCATION = 60_000;

/** What running the controller of one Region needs. */
export interface LiveSettingsOptions {
  readonly application: string;
  readonly region: string;
  /** Loopback address of the Region. */
  readonly host: string;
  readonly timeScale: number;
  /** The gateway. */
  readonly endpoint: string;
  readonly gateway: Pick<GatewayState, 'calls'>;
  readonly registry: ProcessRegistry;
  readonly clock: Clock;
  readonly output: Output;
  readonly problems: Problems;
  /** Laid over the environment of the deployed function. */
  readonly overlay: Readonly<Record<string, string>>;
}

/**
 * The controller of a Region's live settings as it runs on AWS: the deployed function, woken by each change of its
 * stack and of a stored value, and by its clock. The lab only wakes it; what it does, it does by its own calls.
 */
export class LiveSettings {
  private readonly stopping = new AbortController();
  private readonly stopListening: () => void;
  private process: FunctionProcess | undefined;
  private environment: string | undefined;
  private held = false;
  private due = true;
  private wake: () => void = () => undefined;
  private running: Promise<void> | undefined;

  constructor(private readonly options: LiveSettingsOptions) {
    this.stopListening = options.gateway.calls.follow(call => {
      if (wakes(call, options)) this.ask();
    });
  }

  /** The function's process, once it is deployed. */
  get function(): FunctionProcess | undefined {
    return this.process;
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Ends its process and keeps it down, as when its Region is lost. */
  async hold(): Promise<void> {
    this.held = true;
    this.ask();
    await this.process?.stop();
  }

  /** Lets it come back. */
  release(): void {
    this.held = false;
    this.ask();
  }

  /** Ends the clock and the process. */
  async stop(): Promise<void> {
    this.stopListening();
    this.stopping.abort();
    this.wake();
    await this.running;
    await this.process?.stop();
  }

  private ask(): void {
    this.due = true;
    this.wake();
  }

  private async run(): Promise<void> {
    const { clock, timeScale } = this.options;
    const { signal } = this.stopping;
    while (!signal.aborted) {
      this.due = false;
      const pause = (await this.guardedTurn()) ? CLOCK / timeScale : AGAIN;
      const woken = new Promise<void>(resolve => {
        this.wake = resolve;
      });
      // Asked for while it was at work, by an event that it may have seen too early.
      if (this.due || signal.aborted) continue;
      const timer = new AbortController();
      await Promise.race([woken, clock.sleep(pause, timer.signal).catch(() => undefined)]);
      timer.abort();
    }
  }

  /** Whether the turn succeeded; what failed is shown as the lab's problem until one does. */
  private async guardedTurn(): Promise<boolean> {
    const { problems, region } = this.options;
    const { signal } = this.stopping;
    let done = false;
    await problems.guard(`live settings of ${region}`, async () => {
      try {
        await this.turn(signal);
        done = true;
      } catch (error) {
        if (!signal.aborted && !this.held) throw error;
      }
    });
    return done;
  }

  /** One event: the function as it is deployed now, invoked once. */
  private async turn(signal: AbortSignal): Promise<void> {
    const { endpoint, region, application } = this.options;
    const settings = liveSettingName(application, '').replace(/\/$/, '');
    const functions = this.held ? [] : await readFunctions(endpoint, region);
    await this.follow(functions.find(each => each.HOLDFAST_SETTINGS === settings));
    if (this.process !== undefined) await this.invoke(this.process, signal);
  }

  /** A deploy may have changed the function's environment, or taken the function away. */
  private async follow(deployed: FunctionEnvironment | undefined): Promise<void> {
    const { region, overlay } = this.options;
    const text = deployed === undefined ? undefined : JSON.stringify(deployed);
    if (text === this.environment) return;
    await this.process?.stop();
    this.process = undefined;
    this.environment = undefined;
    if (deployed === undefined) return;
    const name = `live-settings-${region}`;
    const environment = { ...deployed, ...overlay };
    const kind = { name, bundle: 'live-settings', server: 'function-server' } as const;
    this.process = new FunctionProcess({ ...this.options, ...kind, environment });
    await this.process.start();
    this.environment = text;
  }

  /** @throws HoldfastError `unavailable` with what the function threw, `timeout` when its process does not listen */
  private async invoke(process: FunctionProcess, signal: AbortSignal): Promise<void> {
    const { clock, host, region } = this.options;
    const ends = AbortSignal.any([signal, AbortSignal.timeout(INVOCATION)]);
    const response = await waitFor(
      () => fetch(`http://${host}:${process.port}/`, { method: 'POST', signal: ends }),
      { clock, timeout: START, signal, what: `the controller of ${region}` },
    );
    if (response.ok) return void (await response.text());
    const { message } = (await response.json()) as { readonly message?: string };
    throw new HoldfastError('unavailable', `the controller failed: ${message}`);
  }
}

const CHANGES = new Set(['CreateStack', 'UpdateStack', 'DeleteStack', 'ExecuteChangeSet']);

/** Whether a call is one of which EventBridge tells the controller of that Region. */
export function wakes(
  call: CallRecord,
  { application, region }: Pick<LiveSettingsOptions, 'application' | 'region'>,
): boolean {
  if (call.region !== region || call.status < 200 || call.status >= 300) return false;
  if (call.service === 'cloudformation') {
    const stack = call.parameters?.StackName ?? '';
    const name = stackName(application, 'service');
    return CHANGES.has(call.action) && (stack === name || stack.includes(`:stack/${name}/`));
  }
  return (
    call.service === 'ssm' &&
    call.action === 'PutParameter' &&
    call.parameters?.Name?.startsWith(liveSettingName(application, '')) === true
  );
}
