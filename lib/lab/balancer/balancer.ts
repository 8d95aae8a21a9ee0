import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { HoldfastError } from '../../errors';
import type { Clock } from '../../ports';
import { WeightedChoice } from './choice';
import { type BalancerCounts, RequestCounter } from './counts';
import { fail, forward, NotConnected, targetAgent } from './forward';
import { RunningGroup } from './group';
import type { TargetGroup, TargetHealth } from './types';

/** What a balancer needs. */
export interface BalancerOptions {
  /** Loopback address of the Region. */
  readonly host: string;
  readonly port: number;
  /** Milliseconds without a byte until a request has failed; 60 s on AWS, divided by the time scale. */
  readonly idleTimeout: number;
  readonly clock: Clock;
  /** Called with the health of a group's targets whenever it may have changed. */
  readonly onHealth: (arn: string, health: readonly TargetHealth[]) => void;
}

/**
 * The load balancer of a Region: takes requests on the Region's address, chooses a target group by weight and a
 * healthy target of it in turn, and forwards. It speaks HTTP; TLS ends before it and is left out in the lab.
 */
export class Balancer {
  private readonly agent = targetAgent();
  private readonly choice = new WeightedChoice();
  private readonly groups = new Map<string, RunningGroup>();
  private readonly counter = new RequestCounter();
  private readonly server: Server;

  constructor(private readonly options: BalancerOptions) {
    this.server = createServer((incoming, outgoing) => void this.serve(incoming, outgoing));
    this.server.keepAliveTimeout = options.idleTimeout;
  }

  /**
   * Begins to listen.
   * @throws HoldfastError `environment` when the port is taken
   */
  async listen(): Promise<void> {
    const { host, port } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', cause =>
        reject(
          new HoldfastError('environment', `cannot listen on ${host}:${port}: ${cause.message}`, [], {
            cause,
          }),
        ),
      );
      this.server.listen({ host, port, exclusive: true }, resolve);
    });
  }

  /** Takes over the listener's groups, their weights, targets and checks. Requests under way go on. */
  update(groups: readonly TargetGroup[]): void {
    const wanted = new Set(groups.map(group => group.arn));
    for (const [arn, running] of this.groups) {
      if (wanted.has(arn)) continue;
      running.close();
      this.groups.delete(arn);
    }
    for (const group of groups) {
      const running = this.groups.get(group.arn);
      if (running === undefined) this.groups.set(group.arn, new RunningGroup(group, this.options));
      else running.update(group);
    }
  }

  /** Health of every group's targets. */
  health(): ReadonlyMap<string, readonly TargetHealth[]> {
    return new Map([...this.groups].map(([arn, group]) => [arn, group.health()]));
  }

  /** What it has served since it was asked last. */
  takeCounts(): BalancerCounts {
    return this.counter.take();
  }

  /** Ends everything, requests under way included. */
  async close(): Promise<void> {
    for (const group of this.groups.values()) group.close();
    this.agent.destroy();
    this.server.closeAllConnections();
    if (this.server.listening) await new Promise(resolve => this.server.close(resolve));
  }

  private async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const group = this.choice.next([...this.groups.values()]);
    const first = group?.next();
    if (group === undefined || first === undefined) {
      this.counter.refused();
      fail(outgoing, 503, 'no target is registered');
      return;
    }
    const { agent, options, counter } = this;
    const startedAt = options.clock.monotonic();
    const settings = { agent, idleTimeout: options.idleTimeout };
    // One other target, and only because the first one never got the request.
    for (const record of [first, undefined]) {
      const chosen = record ?? group.next(first);
      if (chosen === undefined) break;
      try {
        const answerer = await forward(incoming, outgoing, chosen.target, settings);
        const milliseconds = options.clock.monotonic() - startedAt;
        counter.served(group.arn, { answerer, status: outgoing.statusCode, milliseconds });
        return;
      } catch (error) {
        if (!(error instanceof NotConnected)) throw error;
        counter.notConnected(group.arn);
        group.eject(chosen, error.message);
      }
    }
    counter.refused();
    fail(outgoing, 502, 'no target took the connection');
  }
}
