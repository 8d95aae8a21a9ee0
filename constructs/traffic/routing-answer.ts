/**
 * Route 53's answer as a pure function, so that a truth table of records and checks can be a test. Modelled: simple,
 * failover and latency records; aliases within the zone; endpoint, alarm, routing-control and calculated checks,
 * inverted or disabled; a record without a check is healthy; with nothing healthy all are. Sources: Route 53 developer
 * guide, "How Amazon Route 53 chooses records when health checking is configured" and "Values that you specify when
 * you create or update health checks". Not modelled: weights, geography, time.
 */

/** A record of the zone. */
export interface RoutingRecord {
  /** Lower case, without a final dot. */
  readonly name: string;
  readonly type: string;
  /** What it leads to: a name of the zone, or a resource outside it. */
  readonly target: string;
  /** Whether an alias asks for the health of what it leads to. */
  readonly evaluateTargetHealth: boolean;
  readonly setIdentifier?: string;
  readonly failover?: 'PRIMARY' | 'SECONDARY';
  /** Region of a latency record. */
  readonly latencyRegion?: string;
  readonly healthCheckId?: string;
}

/** A health check. */
export interface RoutingCheck {
  readonly id: string;
  /** What it looks at. */
  readonly subject:
    | { readonly kind: 'endpoint'; readonly host: string; readonly path: string }
    | { readonly kind: 'alarm'; readonly region: string; readonly name: string }
    | { readonly kind: 'routing-control'; readonly arn: string }
    | { readonly kind: 'calculated'; readonly children: readonly string[]; readonly threshold: number };
  readonly inverted: boolean;
  /** A disabled check counts as healthy before inversion. */
  readonly disabled: boolean;
}

/** Records and checks that answer together. */
export interface RoutingZone {
  readonly records: readonly RoutingRecord[];
  readonly checks: readonly RoutingCheck[];
}

/** What is true outside DNS at the moment of the question. */
export interface RoutingWorld {
  /** Whether the checkers get a good answer; an endpoint that cannot be reached gives none. */
  endpointAnswers(host: string, path: string): boolean;
  /** @default every alarm is in OK */
  alarmIsOk?(region: string, name: string): boolean;
  /** @default every control is off */
  routingControlIsOn?(arn: string): boolean;
  /**
   * Regions by the asker's latency, the nearest first; a Region that is not named comes last.
   * @default - no preference
   */
  readonly nearest?: readonly string[];
}

/** Names that lead to names: as deep as any chain here. */
const DEEPEST = 16;

/** What a name finally leads to: a resource outside the zone; `undefined` when the zone has no such name. */
export function routingAnswer(zone: RoutingZone, name: string, world: RoutingWorld): string | undefined {
  let target = name;
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    const candidates = zone.records.filter(record => record.name === target);
    if (candidates.length === 0) return depth === 0 ? undefined : target;
    target = chooseRecord(zone, candidates, world).target;
  }
  return undefined;
}

/** The record with which Route 53 answers among those of one name; with nothing healthy, as if all were. */
function chooseRecord(
  zone: RoutingZone,
  candidates: readonly RoutingRecord[],
  world: RoutingWorld,
): RoutingRecord {
  const healthy = candidates.filter(record => recordIsHealthy(zone, record, world));
  const [best] = (healthy.length === 0 ? [...candidates] : healthy).sort(
    (a, b) => rank(a, world) - rank(b, world),
  );
  return best as RoutingRecord;
}

/** Order of preference among healthy records: the primary first, the nearest Region first. */
function rank(record: RoutingRecord, world: RoutingWorld): number {
  if (record.failover !== undefined) return record.failover === 'PRIMARY' ? 0 : 1;
  const nearest = world.nearest?.indexOf(record.latencyRegion ?? '') ?? -1;
  return nearest === -1 ? Number.MAX_SAFE_INTEGER : nearest;
}

/** Whether a record counts as healthy: its check, and what it leads to where it evaluates that. */
export function recordIsHealthy(
  zone: RoutingZone,
  record: RoutingRecord,
  world: RoutingWorld,
  depth = 0,
): boolean {
  if (record.healthCheckId !== undefined && !checkIsHealthy(zone, record.healthCheckId, world)) return false;
  if (!record.evaluateTargetHealth || depth >= DEEPEST) return true;
  const inside = zone.records.filter(other => other.name === record.target && other.type === record.type);
  return inside.length === 0 || inside.some(other => recordIsHealthy(zone, other, world, depth + 1));
}

/** Whether a check counts as healthy, inversion applied; one that nobody knows counts as healthy. */
export function checkIsHealthy(zone: RoutingZone, id: string, world: RoutingWorld): boolean {
  const check = zone.checks.find(candidate => candidate.id === id);
  if (check === undefined) return true;
  return (check.disabled || subjectIsGood(zone, check, world)) !== check.inverted;
}

function subjectIsGood(zone: RoutingZone, { subject }: RoutingCheck, world: RoutingWorld): boolean {
  switch (subject.kind) {
    case 'endpoint':
      return world.endpointAnswers(subject.host, subject.path);
    case 'alarm':
      return world.alarmIsOk?.(subject.region, subject.name) ?? true;
    case 'routing-control':
      return world.routingControlIsOn?.(subject.arn) ?? false;
    case 'calculated': {
      const healthy = subject.children.filter(child => checkIsHealthy(zone, child, world));
      return healthy.length >= subject.threshold;
    }
  }
}
