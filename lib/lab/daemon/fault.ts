import { z } from 'zod';
import { HoldfastError } from '../../errors';

/** What a fault strikes. */
export const FAULT_TARGETS = [
  'clone',
  'worker',
  'cache',
  'database',
  'gate',
  'zone',
  'region',
  'register',
  'queue',
] as const;
/** See {@link FAULT_ACTIONS}. */
export type FaultTarget = (typeof FAULT_TARGETS)[number];

/** What a fault may strike, and what lifts it. */
export interface FaultAction {
  readonly targets: readonly FaultTarget[];
  /** @default - it does not last, or is itself a lift */
  readonly liftedBy?: 'release' | 'thaw' | 'mend' | 'unskew' | 'resume' | 'drain';
}

const PROGRAMS = ['clone', 'worker', 'gate'] as const;
const PROCESSES = ['clone', 'worker', 'gate', 'cache', 'database'] as const;

/** Every action of a fault. */
export const FAULT_ACTIONS = {
  kill: { targets: [...PROCESSES, 'zone'] },
  hold: {
    targets: [...PROCESSES, 'zone', 'region'],
    liftedBy: 'release',
  },
  release: { targets: [...PROCESSES, 'zone', 'region'] },
  freeze: {
    targets: [...PROCESSES, 'zone', 'region'],
    liftedBy: 'thaw',
  },
  thaw: { targets: [...PROCESSES, 'zone', 'region'] },
  delay: {
    targets: [...PROGRAMS, 'zone', 'database', 'register'],
    liftedBy: 'mend',
  },
  cut: {
    targets: ['database', 'register'],
    liftedBy: 'mend',
  },
  mend: { targets: [...PROGRAMS, 'zone', 'database', 'register'] },
  skew: {
    targets: [...PROGRAMS, 'zone'],
    liftedBy: 'unskew',
  },
  unskew: { targets: [...PROGRAMS, 'zone'] },
  pause: { targets: ['database'], liftedBy: 'resume' },
  resume: { targets: ['database'] },
  fill: {
    targets: ['queue'],
    liftedBy: 'drain',
  },
  drain: { targets: ['queue'] },
} as const satisfies Readonly<Record<string, FaultAction>>;

const ACTION_NAMES = Object.keys(FAULT_ACTIONS) as (keyof typeof FAULT_ACTIONS)[];

const fields = z.strictObject({
  action: z.enum(ACTION_NAMES),
  target: z.enum(FAULT_TARGETS),
  region: z.string(),
  /** Availability zone: only its clones and workers are struck. @default - all of the Region */
  zone: z.string().optional(),
  /** Instance to strike. @default - the first that lives */
  instance: z.string().optional(),
  /** Whether all of the kind are struck by what otherwise strikes one. @default false */
  all: z.boolean().optional(),
  /** Of `delay`. */
  milliseconds: z.number().int().min(1).max(60_000).optional(),
  /** Of `skew`; negative for behind. @default 0 */
  seconds: z.number().min(-1e9).max(1e9).optional(),
  /** Of `skew`: seconds counted for each that passes. @default 1 */
  rate: z.number().min(0).max(1000).optional(),
  /** Of `fill`: orders to place. @default 0 */
  count: z.number().int().min(0).max(100_000).optional(),
});

/** A fault of the lab, or the lift of one. */
export type LabFault = Readonly<z.infer<typeof fields>>;

/**
 * Reads a fault.
 * @throws HoldfastError `invalid-input` for one that makes no sense, a ZodError for one that is malformed
 */
export function parseFault(body: unknown): LabFault {
  const fault = fields.parse(body);
  const { action, target } = fault;
  const { targets }: FaultAction = FAULT_ACTIONS[action];
  if (!targets.includes(target)) {
    const hint = action === 'kill' ? '; use hold or freeze, which take all of it' : '';
    throw refuse(`${action} is not for a ${target}, but for ${targets.join(', ')}${hint}`);
  }
  const instances = ['clone', 'worker', 'zone'].includes(target);
  if (fault.zone !== undefined && !instances)
    throw refuse(`a ${target} is not in one zone; leave --zone out`);
  if (fault.zone === undefined && target === 'zone') throw refuse('say which zone: --zone us-east-2a');
  if (fault.zone !== undefined && target !== 'zone' && (action === 'hold' || action === 'release')) {
    throw refuse(
      `${action} takes the clones and workers of a zone together: ${action} zone --zone ${fault.zone}`,
    );
  }
  if (fault.instance !== undefined && (!instances || action === 'hold' || action === 'release')) {
    throw refuse(`--instance is for clones and workers that are not held; ${action} ${target} takes none`);
  }
  if (action === 'delay' && fault.milliseconds === undefined)
    throw refuse('say how long: --milliseconds 200');
  if (action === 'skew' && (fault.seconds ?? 0) === 0 && (fault.rate ?? 1) === 1) {
    throw refuse('say by how much: --seconds 3600, --rate 1.01 or both');
  }
  only(fault, 'milliseconds', 'delay');
  only(fault, 'seconds', 'skew');
  only(fault, 'rate', 'skew');
  only(fault, 'count', 'fill');
  return fault;
}

function only(fault: LabFault, field: 'milliseconds' | 'seconds' | 'rate' | 'count', action: string): void {
  if (fault[field] !== undefined && fault.action !== action) {
    throw refuse(`--${field} is for ${action}; leave it out of ${fault.action}`);
  }
}

const refuse = (text: string) => new HoldfastError('invalid-input', text);
