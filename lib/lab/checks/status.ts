import type { HealthCheck } from './types';

/**
 * Turns single looks at an endpoint into a status: it changes after as many equal looks in a row as the threshold
 * says. Before the first look Route 53 takes a new check for healthy (and so an inverted one for unhealthy).
 */
export class EndpointStatus {
  private passing = true;
  private streak = 0;

  /** Notes a look. */
  note(passed: boolean, threshold: number): void {
    this.streak = passed === this.passing ? 0 : this.streak + 1;
    if (this.streak < threshold) return;
    this.passing = passed;
    this.streak = 0;
  }

  /** Whether the endpoint answers, before inversion. */
  get up(): boolean {
    return this.passing;
  }
}

/** Types that look at an endpoint over HTTP; the lab speaks HTTP to all of them. */
export function isHttp(check: HealthCheck): boolean {
  return check.type === 'HTTP' || check.type === 'HTTPS';
}

/**
 * Status of a check, inversion applied. A `CALCULATED` one counts its children; a disabled one is healthy before
 * inversion; a type that the lab does not evaluate is taken for healthy, and the checker's detail says so.
 */
export function evaluate(
  id: string,
  checks: ReadonlyMap<string, HealthCheck>,
  endpoints: ReadonlyMap<string, EndpointStatus>,
  depth = 0,
): boolean {
  const check = checks.get(id);
  if (check === undefined || depth > 8) return true;
  return uninverted(check, checks, endpoints, depth) !== check.inverted;
}

function uninverted(
  check: HealthCheck,
  checks: ReadonlyMap<string, HealthCheck>,
  endpoints: ReadonlyMap<string, EndpointStatus>,
  depth: number,
): boolean {
  if (check.disabled) return true;
  if (check.type !== 'CALCULATED') return endpoints.get(check.id)?.up ?? true;
  const healthy = check.children.filter(child => evaluate(child, checks, endpoints, depth + 1));
  return healthy.length >= check.healthThreshold;
}
