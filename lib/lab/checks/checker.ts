import { get } from 'node:http';
import type { Clock } from '../../ports';
import { EndpointStatus, evaluate, isHttp } from './status';
import type { CheckStatus, Endpoint, HealthCheck } from './types';

/**
 * Milliseconds that an endpoint gets to connect and answer (4 s and 2 s on Route 53). Divided by the time scale, but
 * never below two seconds: a busy machine is slow to answer at any scale, and a false failure would turn DNS.
 */
const ANSWER_TIMEOUT = 6000;
const SHORTEST_TIMEOUT = 2000;

/** What the checker needs. */
export interface HealthCheckerOptions {
  readonly clock: Clock;
  readonly timeScale: number;
  /** Where the name of an endpoint is in the lab, or undefined while nobody serves it. */
  readonly endpointOf: (host: string) => Endpoint | undefined;
  /** Called with the status of a check after each look. */
  readonly onStatus: (id: string, status: CheckStatus) => void;
}

/** Route 53's health checkers: one checker in the lab where AWS has many, whose agreement is not modelled. */
export class HealthChecker {
  private checks: ReadonlyMap<string, HealthCheck> = new Map();
  private readonly endpoints = new Map<string, EndpointStatus>();
  private readonly details = new Map<string, string>();
  private readonly loops = new Map<string, AbortController>();

  constructor(private readonly options: HealthCheckerOptions) {}

  /** Takes over the checks that exist now; one that stays keeps its status. */
  update(checks: readonly HealthCheck[]): void {
    this.checks = new Map(checks.map(check => [check.id, check]));
    for (const [id, loop] of this.loops) {
      if (this.checks.has(id)) continue;
      loop.abort();
      this.loops.delete(id);
      this.endpoints.delete(id);
    }
    for (const check of checks) {
      if (isHttp(check) && !this.loops.has(check.id)) this.begin(check.id);
    }
    this.publish();
  }

  /** Whether a check counts as healthy; one never heard of does. */
  isHealthy(id: string): boolean {
    return evaluate(id, this.checks, this.endpoints);
  }

  /** Stops checking. */
  close(): void {
    for (const loop of this.loops.values()) loop.abort();
    this.loops.clear();
  }

  private begin(id: string): void {
    const loop = new AbortController();
    this.loops.set(id, loop);
    this.endpoints.set(id, new EndpointStatus());
    void this.run(id, loop.signal);
  }

  private async run(id: string, signal: AbortSignal): Promise<void> {
    const { clock, timeScale } = this.options;
    for (
      let check = this.checks.get(id);
      check !== undefined && !signal.aborted;
      check = this.checks.get(id)
    ) {
      const seen = await this.look(check);
      if (signal.aborted) return;
      this.endpoints.get(id)?.note(seen.passed, check.failureThreshold);
      this.details.set(id, seen.detail);
      this.publish();
      await clock.sleep((check.interval * 1000) / timeScale, signal).catch(() => undefined);
    }
  }

  private async look(check: HealthCheck): Promise<{ passed: boolean; detail: string }> {
    const endpoint = check.host === undefined ? undefined : this.options.endpointOf(check.host);
    if (endpoint === undefined)
      return { passed: false, detail: `${check.host} is served by nobody in the lab` };
    const timeout = Math.max(ANSWER_TIMEOUT / this.options.timeScale, SHORTEST_TIMEOUT);
    return request(endpoint, check, timeout);
  }

  private publish(): void {
    const checkedAt = this.options.clock.now().toISOString();
    for (const check of this.checks.values()) {
      this.options.onStatus(check.id, {
        healthy: this.isHealthy(check.id),
        checkedAt,
        detail: this.detailOf(check),
      });
    }
  }

  private detailOf(check: HealthCheck): string {
    if (check.type === 'CALCULATED') {
      const healthy = check.children.filter(child => this.isHealthy(child));
      return `${healthy.length} of ${check.children.length} healthy, ${check.healthThreshold} needed`;
    }
    return this.details.get(check.id) ?? (isHttp(check) ? 'not checked yet' : 'not evaluated in the lab');
  }
}

function request(endpoint: Endpoint, check: HealthCheck, timeout: number) {
  return new Promise<{ passed: boolean; detail: string }>(resolve => {
    const outgoing = get(
      {
        ...endpoint,
        path: check.path ?? '/',
        timeout,
        agent: false,
        headers: { host: check.host ?? endpoint.host, 'user-agent': 'Amazon-Route53-Health-Check-Service' },
      },
      response => {
        response.resume();
        const status = response.statusCode ?? 0;
        resolve({ passed: status >= 200 && status < 400, detail: `HTTP Status Code ${status}` });
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.on('error', error => resolve({ passed: false, detail: error.message }));
  });
}
