import type { Answerer } from './forward';

/** What became of one request. */
export interface ServedRequest {
  readonly answerer: Answerer;
  readonly status: number;
  readonly milliseconds: number;
}

/** What a target group has served. */
export interface GroupCounts {
  requests: number;
  /** Answers of targets with status 500 and up. */
  targetErrors: number;
  /** Connections that targets refused. */
  connectionErrors: number;
  /** Milliseconds of each answer. */
  readonly milliseconds: number[];
}

/** What a balancer has served, by the ARN of the target group. */
export interface BalancerCounts {
  readonly groups: ReadonlyMap<string, GroupCounts>;
  /** Answers of the balancer's own with status 500 and up. */
  readonly balancerErrors: number;
}

/** Counts requests as the metrics of an Application Load Balancer do. */
export class RequestCounter {
  private groups = new Map<string, GroupCounts>();
  private balancerErrors = 0;

  served(arn: string, { answerer, status, milliseconds }: ServedRequest): void {
    const counts = this.of(arn);
    counts.requests += 1;
    counts.milliseconds.push(milliseconds);
    if (answerer === 'balancer') this.balancerErrors += 1;
    else if (status >= 500) counts.targetErrors += 1;
  }

  notConnected(arn: string): void {
    this.of(arn).connectionErrors += 1;
  }

  /** No target took the request. */
  refused(): void {
    this.balancerErrors += 1;
  }

  /** What was counted since this was asked last. */
  take(): BalancerCounts {
    const taken = { groups: this.groups, balancerErrors: this.balancerErrors };
    this.groups = new Map();
    this.balancerErrors = 0;
    return taken;
  }

  private of(arn: string): GroupCounts {
    const known = this.groups.get(arn);
    if (known !== undefined) return known;
    const made = { requests: 0, targetErrors: 0, connectionErrors: 0, milliseconds: [] };
    this.groups.set(arn, made);
    return made;
  }
}
