/** How a target group looks at its targets; times already divided by the time scale. */
export interface HealthSettings {
  readonly path: string;
  /** Milliseconds between two checks of a target. */
  readonly interval: number;
  /** Milliseconds until a check without an answer has failed. */
  readonly timeout: number;
  /** Passed checks in a row that make an unhealthy target healthy; a new target needs one. */
  readonly healthyCount: number;
  /** Failed checks in a row that make a target unhealthy. */
  readonly unhealthyCount: number;
}

/** One process that takes requests. */
export interface Target {
  /** Instance id. */
  readonly id: string;
  readonly host: string;
  readonly port: number;
}

/** A target group with the weight that the listener gives it. */
export interface TargetGroup {
  readonly arn: string;
  /** Share of the requests, relative to the other groups; 0 takes none. */
  readonly weight: number;
  readonly health: HealthSettings;
  readonly targets: readonly Target[];
}

/** Health of a target in the words of Elastic Load Balancing. */
export type TargetState = 'initial' | 'healthy' | 'unhealthy';

/** Health of one target, and why it is not healthy. */
export interface TargetHealth {
  readonly id: string;
  readonly port: number;
  readonly state: TargetState;
  readonly reason?: string;
  readonly description?: string;
}
