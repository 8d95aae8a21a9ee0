import { stackName } from '../../naming';
import type { Clock, Output } from '../../ports';
import { FunctionProcess } from '../functions';
import type { StackChange } from '../gateway';
import type { ProcessRegistry } from '../processes';
import { type FunctionEnvironment, readFunctions } from '../reconciler';
import { waitFor } from '../wait-for';

/** Milliseconds that CloudFormation waits for a hook. */
const PATIENCE = 30_000;

/** What asking the interlock of one Region needs. */
export interface InterlockOptions {
  readonly application: string;
  readonly region: string;
  /** Loopback address of the Region. */
  readonly host: string;
  /** The gateway. */
  readonly endpoint: string;
  readonly registry: ProcessRegistry;
  readonly clock: Clock;
  readonly output: Output;
  /** Laid over the environment of the deployed function. */
  readonly overlay: Readonly<Record<string, string>>;
}

/**
 * The deploy interlock of a Region as CloudFormation asks it: the deployed function in a process of its own, started
 * when it is first asked. Which stacks it is asked about is what its hook's filter says.
 */
export class Interlock {
  private process: Promise<FunctionProcess> | undefined;
  private environment: string | undefined;
  private readonly stopping = new AbortController();

  constructor(private readonly options: InterlockOptions) {}

  /** Why that change may not begin, or nothing. What does not answer refuses, as the hook's failure mode says. */
  async refusal({ region, stack, target, action }: StackChange): Promise<string | undefined> {
    const { application, endpoint } = this.options;
    if (!stack.startsWith(`${application}-`) || stack === stackName(application, 'operations'))
      return undefined;
    try {
      const functions = await readFunctions(endpoint, region);
      const deployed = functions.find(each => each.HOLDFAST_BREAK_GLASS !== undefined);
      if (deployed === undefined) return undefined;
      const event = {
        stackId: `arn:aws:cloudformation:${region}:000000000000:stack/${stack}/lab`,
        actionInvocationPoint: `${action}_PRE_PROVISION`,
        requestData: { targetName: target, targetLogicalId: stack },
      };
      const { hookStatus, message } = await this.ask(await this.follow(deployed), event);
      return hookStatus === 'SUCCESS' ? undefined : (message ?? 'it gave no answer');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return `the deploy interlock of ${region} does not answer: ${reason}`;
    }
  }

  /** Ends its process. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await (await this.process?.catch(() => undefined))?.stop();
  }

  /** The function as it is deployed now; several stacks may ask at once. */
  private follow(deployed: FunctionEnvironment): Promise<FunctionProcess> {
    const text = JSON.stringify(deployed);
    if (this.process !== undefined && text === this.environment) return this.process;
    this.environment = text;
    this.process = this.start(deployed, this.process);
    // Asked again, it is tried again.
    this.process.catch(() => {
      if (this.environment === text) this.environment = undefined;
    });
    return this.process;
  }

  private async start(
    deployed: FunctionEnvironment,
    before: Promise<FunctionProcess> | undefined,
  ): Promise<FunctionProcess> {
    await (await before?.catch(() => undefined))?.stop();
    const kind = { bundle: 'deploy-interlock', server: 'function-server' } as const;
    const name = `deploy-interlock-${this.options.region}`;
    const environment = { ...deployed, ...this.options.overlay };
    const started = new FunctionProcess({ ...this.options, ...kind, name, environment });
    await started.start();
    return started;
  }

  private async ask(process: FunctionProcess, event: object): Promise<Answer> {
    const { clock, host, region } = this.options;
    const { signal } = this.stopping;
    const body = JSON.stringify(event);
    const response = await waitFor(
      () =>
        fetch(`http://${host}:${process.port}/`, {
          method: 'POST',
          body,
          signal: AbortSignal.timeout(PATIENCE),
        }),
      { clock, timeout: PATIENCE, signal, what: `the deploy interlock of ${region}` },
    );
    return (await response.json()) as Answer;
  }
}

interface Answer {
  readonly hookStatus?: string;
  readonly message?: string;
}
