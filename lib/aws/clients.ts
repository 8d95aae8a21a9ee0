import { HoldfastError } from '../errors';
import type { Clock, CloudCall } from '../ports';
import { fromSdk } from './errors';

/** How the provider is reached. A lab differs from an account in these options alone. */
export interface ConnectionOptions {
  readonly clock: Clock;
  /** URL of the lab's gateway. @default - the provider's own endpoints, or AWS_ENDPOINT_URL */
  readonly endpoint?: string;
  /** @default - the SDK's own chain: environment, profile, role */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Milliseconds for an answer to one attempt. @default 5000 */
  readonly timeoutMilliseconds?: number;
  /** Attempts of a call that may be repeated: reads, and writes that are conditional. @default 3 */
  readonly attempts?: number;
}

/** The part of an SDK client's configuration that this module decides. */
export interface ClientConfiguration {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly maxAttempts: number;
  readonly requestHandler: { readonly connectionTimeout: number; readonly requestTimeout: number };
}

/** What every SDK client has. */
interface SdkClient {
  readonly middlewareStack: {
    add(middleware: Middleware, options: { step: 'initialize'; name: string; priority: 'high' }): void;
    add(middleware: Middleware, options: { step: 'deserialize'; name: string; priority: 'low' }): void;
  };
  destroy(): void;
}

// biome-ignore lint/suspicious/noExplicitAny: the SDK types a middleware by the union of all inputs of its client
type Handler = (args: any) => Promise<any>;
type Middleware = (next: Handler, context: { clientName?: string; commandName?: string }) => Handler;

type ClientClass<C extends SdkClient> = new (configuration: ClientConfiguration) => C;

/** SDK clients of every service and Region, made when first used, with every call recorded. */
export class Connection {
  readonly calls: CloudCall[] = [];
  private readonly ahead = new Map<string, number>();
  private readonly clients = new Map<string, SdkClient>();

  constructor(private readonly options: ConnectionOptions) {}

  /** The machine's clock, for timestamps in requests and records. */
  get clock(): Clock {
    return this.options.clock;
  }

  /** The client of a service in a Region. `once`: for calls that must not be repeated by the SDK. */
  client<C extends SdkClient>(type: ClientClass<C>, region: string, once = false): C {
    const key = `${type.name} ${region} ${once}`;
    const known = this.clients.get(key);
    if (known !== undefined) return known as C;
    const { endpoint, credentials, timeoutMilliseconds = 5000, attempts = 3 } = this.options;
    const made = new type({
      region,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(credentials === undefined ? {} : { credentials }),
      maxAttempts: once ? 1 : attempts,
      requestHandler: { connectionTimeout: 2000, requestTimeout: timeoutMilliseconds },
    });
    made.middlewareStack.add(this.record(region), {
      step: 'initialize',
      name: 'holdfastRecord',
      priority: 'high',
    });
    made.middlewareStack.add(this.readDate(region), {
      step: 'deserialize',
      name: 'holdfastDate',
      priority: 'low',
    });
    this.clients.set(key, made);
    return made;
  }

  /** As {@link Cloud.clockAheadSeconds} tells it. */
  clockAheadSeconds(region: string): number | undefined {
    return this.ahead.get(region);
  }

  /** Closes every client. */
  close(): void {
    for (const client of this.clients.values()) client.destroy();
    this.clients.clear();
  }

  /** Compares the date of each answer with this machine's clock, in the middle of the exchange. */
  private readDate(region: string): Middleware {
    return next => async args => {
      const { clock } = this.options;
      const sentAt = clock.now().getTime();
      const result = await next(args);
      const at = Date.parse(result.response?.headers?.date ?? '');
      // A date is cut to whole seconds: half a second is right on average.
      const middle = (sentAt + clock.now().getTime()) / 2;
      if (!Number.isNaN(at)) this.ahead.set(region, (at + 500 - middle) / 1000);
      return result;
    };
  }

  private record(region: string): Middleware {
    return (next, { clientName = '', commandName = '' }) =>
      async args => {
        const { clock } = this.options;
        const startedAt = clock.monotonic();
        const call = {
          service: clientName.replace(/Client$/, ''),
          region,
          action: commandName.replace(/Command$/, ''),
          at: clock.now().toISOString(),
        };
        const done = (result: string) =>
          this.calls.push({ ...call, milliseconds: Math.round(clock.monotonic() - startedAt), result });
        try {
          const output = await next(args);
          done('ok');
          return output;
        } catch (error) {
          done(error instanceof Error ? error.name : 'Error');
          throw error;
        }
      };
  }
}

/** A command's own middleware. */
interface Guarded {
  readonly middlewareStack: {
    add(middleware: Middleware, options: { step: 'deserialize'; name: string; priority: 'low' }): void;
  };
}

/**
 * Asks `maySend` after the request was signed and before it leaves. A process that stands still earlier than that sends
 * nothing when it wakes too late; one that stands still later sends a signature that the provider refuses once it is five
 * minutes old (IAM guide, "Signature Version 4": a request must arrive within five minutes of its timestamp).
 */
export function sendOnlyIf(command: Guarded, maySend: () => boolean): void {
  const guard: Middleware = next => async args => {
    if (!maySend()) throw new HoldfastError('refused', 'it was not sent: it may not be sent any more');
    return next(args);
  };
  // Innermost of all: what stands nearest to the connection.
  command.middlewareStack.add(guard, { step: 'deserialize', name: 'holdfastMaySend', priority: 'low' });
}

/** Sends, and turns an error of the SDK into one of the family. */
export async function ask<T>(what: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    throw fromSdk(error, what);
  }
}
