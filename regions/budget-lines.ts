/** The lines of the recovery budget: one function a phase, each a sum of topology values and fixed times of AWS. */
import type { BudgetLine, MoveMode } from './objectives';
import { REGION_DEFAULTS, type ResolvedRecovery, resolveRecovery } from './recovery';
import type { Topology } from './topology';

/** TTL of an alias record to a load balancer, which AWS fixes and nobody can change (Route 53 guide, alias records). */
export const ALIAS_TTL_SECONDS = 60;
/** One conditional write of the register and its replication to the other Regions. */
export const FENCING_SECONDS = 10;
/** Polls and timers of the one who waits: no wait ends at the very moment that it may. */
export const POLL_SECONDS = 5;
/** Writing `active`, and gates of all Regions reading it. */
export const ACTIVATION_SECONDS = 5;
/** One write and one read from outside, through the service's own name. */
export const VERIFICATION_SECONDS = 20;

/** The Region that carries the least of the peak when traffic turns to it. */
export interface LeastReadyRegion {
  /** Place in the topology, such as `regions[1]`. */
  readonly path: string;
  readonly capacityShare: number;
}

/** Finds the Region with the smallest share; the first of equals. A seed's share is always 1. */
export function leastReadyRegion(topology: Pick<Topology, 'regions'>): LeastReadyRegion {
  return topology.regions
    .map((region, index) => ({
      path: `regions[${index}]`,
      capacityShare: region.capacityShare ?? REGION_DEFAULTS.capacityShare,
    }))
    .reduce((least, region) => (region.capacityShare < least.capacityShare ? region : least));
}

/** The lines of one mode, in the order of the phases. */
export function budgetLines(topology: Topology, mode: MoveMode): readonly BudgetLine[] {
  const recovery = resolveRecovery(topology);
  const common = [
    scaleUp(leastReadyRegion(topology), recovery),
    fencing(),
    leaseWait(recovery),
    promotion(recovery, mode),
    activation(recovery),
    traffic(recovery),
    reconnect(recovery),
    verification(),
  ];
  return mode === 'switchover' ? common : [detection(recovery), decision(recovery), ...common];
}

const value = (recovery: ResolvedRecovery, ...keys: (keyof ResolvedRecovery)[]): string =>
  keys.map(key => `recovery.${key} ${recovery[key]}`).join(' + ');

const detection = (recovery: ResolvedRecovery): BudgetLine => ({
  phase: 'detection',
  seconds: recovery.detectionSeconds,
  from: value(recovery, 'detectionSeconds'),
  lever: 'recovery.detectionSeconds: shorter periods and fewer data points of the deep-health alarms',
});

const decision = (recovery: ResolvedRecovery): BudgetLine => ({
  phase: 'decision',
  seconds: recovery.decisionSeconds,
  from: value(recovery, 'decisionSeconds'),
  lever: 'recovery.decisionSeconds: rehearsed drills and a person on call who may decide alone',
});

function scaleUp(least: LeastReadyRegion, recovery: ResolvedRecovery): BudgetLine {
  if (least.capacityShare === 1) {
    return {
      phase: 'scale-up',
      seconds: 0,
      from: 'standby carries its share',
      lever: 'none: nothing has to start before traffic arrives',
    };
  }
  return {
    phase: 'scale-up',
    seconds: recovery.cloneBootSeconds,
    from: `${value(recovery, 'cloneBootSeconds')}, since ${least.path}.capacityShare is ${least.capacityShare}`,
    lever: `${least.path}.capacityShare: at 1 nothing has to start`,
  };
}

const fencing = (): BudgetLine => ({
  phase: 'fencing',
  seconds: FENCING_SECONDS,
  from: `fixed ${FENCING_SECONDS}: conditional write of the register and its replication`,
  lever: 'none: the register answers in its own time',
});

const leaseWait = (recovery: ResolvedRecovery): BudgetLine => ({
  phase: 'lease-wait',
  seconds: recovery.leaseSeconds + recovery.leaseMarginSeconds + POLL_SECONDS,
  from: `${value(recovery, 'leaseSeconds', 'leaseMarginSeconds')} + fixed ${POLL_SECONDS}: polls and timers`,
  lever: 'recovery.leaseSeconds: shorter means more reads of the register and less patience with a slow one',
});

function promotion(recovery: ResolvedRecovery, mode: MoveMode): BudgetLine {
  const key = mode === 'switchover' ? 'switchoverPromotionSeconds' : 'failoverPromotionSeconds';
  return {
    phase: 'promotion',
    seconds: recovery[key],
    from: value(recovery, key),
    lever: `none: Aurora promotes in its own time; recovery.${key} records what drills measured`,
  };
}

const activation = (recovery: ResolvedRecovery): BudgetLine => ({
  phase: 'activation',
  seconds: ACTIVATION_SECONDS + recovery.warmUpSeconds,
  from: `fixed ${ACTIVATION_SECONDS}: write active and gates see it + ${value(recovery, 'warmUpSeconds')}`,
  lever: 'recovery.warmUpSeconds: a smaller working set to warm before traffic',
});

const traffic = (recovery: ResolvedRecovery): BudgetLine => ({
  phase: 'traffic',
  seconds:
    recovery.checkIntervalSeconds * recovery.checkFailures +
    ALIAS_TTL_SECONDS +
    recovery.clientDnsCacheSeconds,
  from:
    `recovery.checkIntervalSeconds ${recovery.checkIntervalSeconds} x recovery.checkFailures ${recovery.checkFailures}` +
    ` + fixed ${ALIAS_TTL_SECONDS}: alias TTL + ${value(recovery, 'clientDnsCacheSeconds')}`,
  lever:
    'recovery.checkFailures, recovery.checkIntervalSeconds (10 or 30, a new check when changed) and' +
    ` recovery.clientDnsCacheSeconds; none: the TTL of an ALB alias is fixed at ${ALIAS_TTL_SECONDS} s`,
});

const reconnect = (recovery: ResolvedRecovery): BudgetLine => ({
  phase: 'reconnect',
  seconds: recovery.reconnectSeconds,
  from: value(recovery, 'reconnectSeconds'),
  lever: 'recovery.reconnectSeconds: a lower cap on the pause between retries of clients',
});

const verification = (): BudgetLine => ({
  phase: 'verification',
  seconds: VERIFICATION_SECONDS,
  from: `fixed ${VERIFICATION_SECONDS}: one write and one read from outside`,
  lever: 'none: a move that nobody has verified is not over',
});
