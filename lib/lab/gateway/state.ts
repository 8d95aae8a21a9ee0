import { CallLog } from './call-log';
import type { CheckStatus, DatabaseMove, DenyRule, FaultRule, RegisterPlace, TargetHealth } from './types';

/** What the gateway keeps, in one document for an operator. */
export interface GatewaySnapshot {
  readonly version: 1;
  readonly deny: readonly DenyRule[];
  readonly faults: readonly FaultRule[];
  /** Regions whose replica of the register cannot be reached. */
  readonly unreachable: readonly string[];
  readonly register?: RegisterPlace;
  readonly moves: readonly DatabaseMove[];
  readonly calls: number;
}

/**
 * What the gateway keeps because the emulator does not: policy, faults, reachability of the register's replicas,
 * health of targets and checks, and moves of the database that the data plane has not finished. The lab's data
 * plane runs in the same process and writes here; other processes go through the admin API.
 */
export class GatewayState {
  /** Every call, newest last, in a ring. */
  readonly calls = new CallLog();
  readonly #deny = new Map<string, DenyRule>();
  readonly #faults = new Map<string, FaultRule>();
  readonly #unreachable = new Set<string>();
  readonly #targets = new Map<string, readonly TargetHealth[]>();
  readonly #checks = new Map<string, CheckStatus>();
  readonly #moves = new Map<string, DatabaseMove>();
  readonly #moveListeners = new Set<(move: DatabaseMove) => void>();

  constructor(
    /** The register's table, or nothing when the topology has none that can be modelled. */
    readonly register?: RegisterPlace,
  ) {}

  /** Refuses every call that the rule matches from now on. */
  deny(rule: DenyRule): void {
    this.#deny.set(rule.id, rule);
  }

  /** Lifts a refusal; an unknown id is no error. */
  allow(id: string): void {
    this.#deny.delete(id);
  }

  denied(): readonly DenyRule[] {
    return [...this.#deny.values()];
  }

  /** Injects a fault into every call that the rule matches, as often as it says. */
  injectFault(rule: FaultRule): void {
    this.#faults.set(rule.id, rule);
  }

  /** Removes a fault; an unknown id is no error. */
  clearFault(id: string): void {
    this.#faults.delete(id);
  }

  faults(): readonly FaultRule[] {
    return [...this.#faults.values()];
  }

  /** Cuts the register's replica of a Region (or the witness) off, or joins it again. */
  setReachable(region: string, reachable: boolean): void {
    if (reachable) this.#unreachable.delete(region);
    else this.#unreachable.add(region);
  }

  unreachable(): readonly string[] {
    return [...this.#unreachable];
  }

  /** Sets what DescribeTargetHealth answers for a target group. */
  setTargetHealth(targetGroupArn: string, targets: readonly TargetHealth[]): void {
    this.#targets.set(targetGroupArn, targets);
  }

  /** Health of a target group's targets; undefined until the lab's balancer has spoken. */
  targetHealth(targetGroupArn: string): readonly TargetHealth[] | undefined {
    return this.#targets.get(targetGroupArn);
  }

  /** Sets what GetHealthCheckStatus answers for a health check. */
  setCheckStatus(healthCheckId: string, status: CheckStatus): void {
    this.#checks.set(healthCheckId, status);
  }

  /** Last status of a health check; undefined until the lab's checker has looked. */
  checkStatus(healthCheckId: string): CheckStatus | undefined {
    return this.#checks.get(healthCheckId);
  }

  /** Calls back when the API has accepted a switchover or failover; returns the way to stop that. */
  onDatabaseMove(listener: (move: DatabaseMove) => void): () => void {
    this.#moveListeners.add(listener);
    return () => this.#moveListeners.delete(listener);
  }

  /** Marks a move as running: the API shows the old writer until {@link completeDatabaseMove}. */
  beginDatabaseMove(move: DatabaseMove): void {
    this.#moves.set(move.globalCluster, move);
    for (const listener of this.#moveListeners) listener(move);
  }

  /** The data plane has promoted: from now on the API shows the new writer. */
  completeDatabaseMove(globalCluster: string): void {
    this.#moves.delete(globalCluster);
  }

  /** The move that is running on a global cluster. */
  databaseMove(globalCluster: string): DatabaseMove | undefined {
    return this.#moves.get(globalCluster);
  }

  databaseMoves(): readonly DatabaseMove[] {
    return [...this.#moves.values()];
  }

  snapshot(): GatewaySnapshot {
    return {
      version: 1,
      deny: this.denied(),
      faults: this.faults(),
      unreachable: this.unreachable(),
      register: this.register,
      moves: this.databaseMoves(),
      calls: this.calls.total,
    };
  }
}
