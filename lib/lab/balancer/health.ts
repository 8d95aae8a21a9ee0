import { get } from 'node:http';
import type { HealthSettings, Target, TargetHealth, TargetState } from './types';

/** Outcome of one check. */
export type CheckOutcome =
  | { readonly passed: true }
  | { readonly passed: false; readonly reason: string; readonly detail: string };

/**
 * Health of one target, by the rules of Elastic Load Balancing: a new target is healthy after one passed check;
 * later its state turns after as many checks in a row as its group says.
 */
export class TargetRecord {
  private state: TargetState = 'initial';
  private streak = 0;
  private last: CheckOutcome = {
    passed: false,
    reason: 'Elb.RegistrationInProgress',
    detail: 'not checked yet',
  };

  constructor(readonly target: Target) {}

  /** Whether it may take requests as a healthy target. */
  get healthy(): boolean {
    return this.state === 'healthy';
  }

  /** Notes a check; returns whether the state turned. */
  note(outcome: CheckOutcome, settings: HealthSettings): boolean {
    const before = this.state;
    this.streak = outcome.passed === this.last.passed ? this.streak + 1 : 1;
    this.last = outcome;
    if (outcome.passed && (before === 'initial' || this.streak >= settings.healthyCount))
      this.state = 'healthy';
    if (!outcome.passed && this.streak >= settings.unhealthyCount) this.state = 'unhealthy';
    return this.state !== before;
  }

  /** Takes it out at once: it refused a connection, so nobody listens. */
  eject(detail: string): void {
    this.state = 'unhealthy';
    this.streak = 0;
    this.last = { passed: false, reason: 'Target.FailedHealthChecks', detail };
  }

  /** What DescribeTargetHealth says of it. */
  describe(): TargetHealth {
    const { id, port } = this.target;
    if (this.last.passed || this.state === 'healthy') return { id, port, state: this.state };
    return { id, port, state: this.state, reason: this.last.reason, description: this.last.detail };
  }
}

/** Checks a target once. Never rejects. */
export function checkTarget(target: Target, settings: HealthSettings): Promise<CheckOutcome> {
  return new Promise(resolve => {
    const fail = (reason: string, detail: string) => resolve({ passed: false, reason, detail });
    const request = get(
      {
        host: target.host,
        port: target.port,
        path: settings.path,
        timeout: settings.timeout,
        agent: false,
        headers: { 'user-agent': 'ELB-HealthChecker/2.0' },
      },
      response => {
        response.resume();
        const status = response.statusCode ?? 0;
        if (status === 200) resolve({ passed: true });
        else fail('Target.ResponseCodeMismatch', `Health checks failed with these codes: [${status}]`);
      },
    );
    request.on('timeout', () => {
      fail('Target.Timeout', 'Request timed out');
      request.destroy();
    });
    request.on('error', error => fail('Target.FailedHealthChecks', error.message));
  });
}
