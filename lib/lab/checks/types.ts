/** A health check of Route 53; times in seconds and unscaled, as the API gives them. */
export interface HealthCheck {
  readonly id: string;
  /** `HTTP`, `HTTPS`, `CALCULATED` and so on. */
  readonly type: string;
  /** Name of the endpoint. */
  readonly host?: string;
  /** @default '/' */
  readonly path?: string;
  /** 10 or 30. */
  readonly interval: number;
  /** Checks in a row that turn the status. */
  readonly failureThreshold: number;
  readonly inverted: boolean;
  /** A disabled check counts as healthy. */
  readonly disabled: boolean;
  /** Checks of a `CALCULATED` one. */
  readonly children: readonly string[];
  /** How many of them must be healthy. */
  readonly healthThreshold: number;
}

/** What was last seen of a check. */
export interface CheckStatus {
  /** Inversion and threshold applied. */
  readonly healthy: boolean;
  /** ISO time. */
  readonly checkedAt: string;
  readonly detail: string;
}

/** Where the endpoint of a check is in the lab. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}
