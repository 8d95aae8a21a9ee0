import { HoldfastError } from '../../errors';
import type { RegisterState } from '../../ports';
import type { CapacityTarget } from '../plan/plan';
import { homeWords } from '../plan/plan';
import type { DrillMode } from '../plan/plan-steps';
import type { DrillContext, DrillRequest } from '../run/context';
import { gatherFacts } from '../run/facts';
import { readRegister } from '../run/registers';
import { able } from '../steps/capacity';
import type { Check } from './check';
import { PLANNED_CHECKS } from './checks';
import { FAILOVER_CHECKS } from './failover-checks';

/** What a preflight found. */
export interface PreflightResult {
  readonly version: 1;
  readonly mode: DrillMode;
  readonly from: string;
  readonly to: string;
  readonly verdict: 'clean' | 'failed' | 'unknown';
  readonly checks: readonly Check[];
  readonly register: RegisterState;
  /** Replication lag of the standby, seconds; absent when unknown. */
  readonly lagSeconds?: number;
  /** Floors that the move needs. */
  readonly capacity: readonly CapacityTarget[];
  /** Whether the standby lacks any of them. */
  readonly scaleUp: boolean;
}

/**
 * Looks whether the Region could take over, and changes nothing.
 * @throws HoldfastError `not-found` for a Region that is not in the topology, `refused` when it already is active
 * or a move is unfinished, `unavailable` when the register cannot be read
 */
export async function preflight(context: DrillContext, request: DrillRequest): Promise<PreflightResult> {
  const { to, mode = 'switchover', acceptUnknown = [], acceptDataLoss = false } = request;
  const register = await movableRegister(context, to);
  const facts = await gatherFacts(context, { mode, from: register.record.region, to, acceptDataLoss });
  const accepted = new Set(acceptUnknown);
  const checks = (mode === 'failover' ? FAILOVER_CHECKS : PLANNED_CHECKS)
    .map(check => check(facts))
    .map(check =>
      check.state === 'unknown' && accepted.has(check.id) ? { ...check, accepted: true } : check,
    );
  for (const check of checks) {
    const level = check.state === 'ok' ? 'info' : check.state === 'failed' ? 'error' : 'warn';
    const text = `${check.id}: ${check.state}${check.accepted ? ' (accepted)' : ''}, ${check.text}`;
    context.output.emit({ code: 'drill.preflight.check', level, text, data: { ...check } });
  }
  return {
    version: 1,
    mode,
    from: register.record.region,
    to,
    verdict: verdictOf(checks),
    checks,
    register,
    lagSeconds: facts.lagSeconds,
    capacity: facts.required.map(({ group, minimum }) => ({ group: group.name, minimum })),
    scaleUp: facts.required.some(({ group, minimum }) => Math.min(group.minimum, able(group)) < minimum),
  };
}

/** @throws HoldfastError `not-found` for a Region that is not in the topology */
export function requireRegion({ settings: { regions } }: DrillContext, to: string): void {
  if (regions.includes(to)) return;
  throw new HoldfastError('not-found', 'the target is not a Region of the topology', [
    { path: '--to', received: to, message: 'unknown Region', fix: `use one of ${regions.join(', ')}` },
  ]);
}

/**
 * The register, when a move to the Region can start from it.
 * @throws as {@link preflight}
 */
export async function movableRegister(context: DrillContext, to: string): Promise<RegisterState> {
  requireRegion(context, to);
  const { regions } = context.settings;
  const register = await readRegister(context.cloud, [to, ...regions.filter(region => region !== to)]);
  const { phase, region, epoch } = register.record;
  if (phase !== 'active') {
    const words = homeWords(context.settings);
    throw new HoldfastError(
      'refused',
      `a move to ${region} is unfinished (${phase} at epoch ${epoch}, raised by ${register.updatedBy}); finish it with \`holdfast drill resume${words}\` or undo it with \`holdfast drill abort${words}\``,
    );
  }
  if (region === to) {
    throw new HoldfastError('refused', `${to} is already active, at epoch ${epoch}`, [
      {
        path: '--to',
        received: to,
        message: 'the Region is already active',
        fix: `use one of ${regions.filter(other => other !== to).join(', ')}`,
      },
    ]);
  }
  return register;
}

function verdictOf(checks: readonly Check[]): PreflightResult['verdict'] {
  if (checks.some(check => check.state === 'failed')) return 'failed';
  return checks.some(check => check.state === 'unknown' && !check.accepted) ? 'unknown' : 'clean';
}
