import type { Clock } from '../clock';
import { RuntimeError, reasonOf } from '../errors';
import { loop } from '../loop';
import type { Endpoint, EndpointList, EndpointSource } from './endpoint-source';
import { type OutlierOptions, Outliers } from './outliers';

/** What the endpoints of one service stand on. */
export interface ServiceEndpointsOptions {
  /** Name of the service, for messages. */
  readonly service: string;
  readonly source: EndpointSource;
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Pause between two questions for the revision, in milliseconds. @default 5000 */
  readonly refreshMilliseconds?: number;
  readonly outliers?: OutlierOptions;
  /** Which of the endpoints this caller uses, such as its shuffle shard. @default - all of them */
  readonly choose?: (endpoints: readonly Endpoint[]) => readonly Endpoint[];
}

/** One call to one endpoint. */
export interface Pick {
  readonly endpoint: Endpoint;
  /** Says how the call ended, once; a failure is one of the endpoint (no answer, 5xx), not of the request. */
  done(succeeded: boolean): void;
}

/** What is known of a service's endpoints. */
export interface EndpointsStatus {
  readonly revision: string;
  readonly count: number;
  /** Milliseconds since the registry last confirmed them. */
  readonly ageMilliseconds: number;
  /** Why the registry's newest answer was of no use, until one is. */
  readonly problem?: string;
}

/**
 * The endpoints of a service, kept through any outage of the registry: what was known stays in use, and tells its age. A
 * call goes to the less busy of two picked at random, among those that are not ejected.
 */
export class ServiceEndpoints {
  private known: EndpointList | undefined;
  private confirmedAt = 0;
  private problem: string | undefined;
  private readonly busy = new Map<string, number>();
  private readonly outliers: Outliers;

  constructor(private readonly options: ServiceEndpointsOptions) {
    this.outliers = new Outliers(options.outliers);
  }

  /** What is known; undefined before the registry first named an endpoint. */
  get status(): EndpointsStatus | undefined {
    if (this.known === undefined) return undefined;
    const { revision, endpoints } = this.known;
    const ageMilliseconds = this.options.clock.monotonic() - this.confirmedAt;
    const status = { revision, count: endpoints.length, ageMilliseconds };
    return this.problem === undefined ? status : { ...status, problem: this.problem };
  }

  /** Asks the registry again and again until the signal aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void> {
    const { clock, refreshMilliseconds: pauseMilliseconds = 5000 } = this.options;
    const onError = (error: unknown) => {
      this.problem = reasonOf(error);
    };
    return loop({ clock, signal, pauseMilliseconds, onError }, async () => {
      await this.refresh();
      return undefined;
    });
  }

  /** Asks the registry once: for the revision, and for the list when it is another. Never rejects. */
  async refresh(): Promise<void> {
    const { clock, source } = this.options;
    const askedAt = clock.monotonic();
    try {
      const unchanged = this.known !== undefined && (await source.revision()) === this.known.revision;
      if (!unchanged) this.take(await source.list());
      this.confirmedAt = askedAt;
      this.problem = undefined;
    } catch (error) {
      this.problem = reasonOf(error);
    }
  }

  /**
   * An endpoint for one call.
   * @throws RuntimeError `unavailable` while no endpoint was ever known
   */
  pick(): Pick {
    const { service, random, clock } = this.options;
    const all = this.known?.endpoints ?? [];
    if (all.length === 0)
      throw new RuntimeError(
        'unavailable',
        `no endpoint of ${service} is known: ${this.problem ?? 'none was asked for yet'}`,
      );
    const now = clock.monotonic();
    const able = all.filter(({ id }) => !this.outliers.isEjected(id, now));
    const candidates = able.length === 0 ? all : able;
    const one = Math.floor(random() * candidates.length);
    // Another one than the first, where there is another.
    const step = 1 + Math.floor(random() * (candidates.length - 1));
    const first = candidates[one] as Endpoint;
    const second = candidates[(one + step) % candidates.length] as Endpoint;
    return this.begin(this.busyWith(second) < this.busyWith(first) ? second : first);
  }

  private begin(endpoint: Endpoint): Pick {
    const { id } = endpoint;
    this.busy.set(id, this.busyWith(endpoint) + 1);
    let open = true;
    return {
      endpoint,
      done: succeeded => {
        if (!open) return;
        open = false;
        const left = this.busyWith(endpoint) - 1;
        if (left > 0) this.busy.set(id, left);
        else this.busy.delete(id);
        const all = (this.known?.endpoints ?? []).map(other => other.id);
        if (all.includes(id)) this.outliers.note(id, succeeded, all, this.options.clock.monotonic());
      },
    };
  }

  private busyWith({ id }: Endpoint): number {
    return this.busy.get(id) ?? 0;
  }

  /** A registry that suddenly names none is believed less than what was seen to work. */
  private take(list: EndpointList): void {
    const endpoints = this.options.choose?.(list.endpoints) ?? list.endpoints;
    if (endpoints.length === 0) throw new Error('the registry names no endpoint');
    this.known = { revision: list.revision, endpoints };
    this.outliers.keep(endpoints.map(({ id }) => id));
  }
}
