import type { Clock } from '../../ports';
import { checkTarget, TargetRecord } from './health';
import type { Target, TargetGroup, TargetHealth } from './types';

/** What a group needs. */
export interface GroupOptions {
  readonly clock: Clock;
  /** Called with the health of all targets whenever it may have changed. */
  readonly onHealth: (arn: string, health: readonly TargetHealth[]) => void;
}

/** A target group at work: checks its targets and gives out the healthy ones in turn. */
export class RunningGroup {
  private records = new Map<string, TargetRecord>();
  private readonly checking = new Map<string, AbortController>();
  private turn = 0;

  constructor(
    private settings: TargetGroup,
    private readonly options: GroupOptions,
  ) {
    this.update(settings);
  }

  get arn(): string {
    return this.settings.arn;
  }

  get weight(): number {
    return this.settings.weight;
  }

  /** Takes new settings over; a target that stays keeps its health, one that moved is new. */
  update(settings: TargetGroup): void {
    this.settings = settings;
    const wanted = new Map(settings.targets.map(target => [keyOf(target), target]));
    let changed = false;
    for (const key of this.records.keys()) {
      if (wanted.has(key)) continue;
      this.checking.get(key)?.abort();
      this.checking.delete(key);
      this.records.delete(key);
      changed = true;
    }
    for (const [key, target] of wanted) {
      if (this.records.has(key)) continue;
      this.begin(key, new TargetRecord(target));
      changed = true;
    }
    if (changed) this.publish();
  }

  /**
   * The next target, other than `except`. As with an Application Load Balancer, a group whose targets are all
   * unhealthy routes to all of them (fail open); undefined when there is none at all.
   */
  next(except?: TargetRecord): TargetRecord | undefined {
    const all = [...this.records.values()].filter(record => record !== except);
    const healthy = all.filter(record => record.healthy);
    const pool = healthy.length > 0 ? healthy : all;
    this.turn += 1;
    return pool[this.turn % pool.length];
  }

  /** Notes that a target refused a connection. */
  eject(record: TargetRecord, detail: string): void {
    record.eject(detail);
    this.publish();
  }

  /** Health of all targets. */
  health(): TargetHealth[] {
    return [...this.records.values()].map(record => record.describe());
  }

  /** Ends the checks. */
  close(): void {
    for (const controller of this.checking.values()) controller.abort();
    this.checking.clear();
  }

  private begin(key: string, record: TargetRecord): void {
    const controller = new AbortController();
    this.records.set(key, record);
    this.checking.set(key, controller);
    void this.check(record, controller.signal);
  }

  private async check(record: TargetRecord, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const outcome = await checkTarget(record.target, this.settings.health);
      if (signal.aborted) return;
      if (record.note(outcome, this.settings.health)) this.publish();
      await this.options.clock.sleep(this.settings.health.interval, signal).catch(() => undefined);
    }
  }

  private publish(): void {
    this.options.onHealth(this.arn, this.health());
  }
}

function keyOf(target: Target): string {
  return `${target.id}@${target.host}:${target.port}`;
}
