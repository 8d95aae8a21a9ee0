import { z } from 'zod';
import { HoldfastError } from '../../errors';
import { FAULT_ACTIONS, type FaultAction, type LabFault, parseFault, strikeLab } from '../../lab';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT } from '../context';

/** Options of `holdfast lab fault`. */
export interface FaultOptions extends CommonOptions, LabFault {}

/** What makes a fault, out of all options. */
const FIELDS = ['action', 'target', 'region', 'zone', 'instance', 'all'] as const;
const FIGURES = ['milliseconds', 'seconds', 'rate', 'count'] as const;

/**
 * Strikes the running lab.
 * @throws HoldfastError `invalid-input` for a fault that makes no sense, whether a lab runs or not
 */
export async function labFault(
  { projectRoot }: CommandContext,
  options: FaultOptions,
): Promise<CommandResult> {
  const fault = faultOf(options);
  const { action, target, region } = fault;
  await strikeLab(projectRoot, fault);
  const { liftedBy }: FaultAction = FAULT_ACTIONS[action];
  const lifted = liftedBy === undefined ? undefined : lift(liftedBy, fault);
  const document = { version: 1, ...fault, ...(lifted === undefined ? {} : { liftedBy: lifted }) };
  const until = lifted === undefined ? '' : `; it lasts until: ${lifted}`;
  return { exitCode: EXIT.good, document, text: `${action} ${target} in ${region}: done${until}` };
}

function faultOf(options: FaultOptions): LabFault {
  const given = [...FIELDS, ...FIGURES].flatMap(name =>
    options[name] === undefined ? [] : [[name, options[name]] as const],
  );
  try {
    return parseFault(Object.fromEntries(given));
  } catch (error) {
    if (error instanceof z.ZodError) throw new HoldfastError('invalid-input', z.prettifyError(error));
    throw error;
  }
}

/** A lift takes all of the kind; only a zone must be named. */
function lift(action: string, { target, region, zone }: LabFault): string {
  return `holdfast lab fault ${action} ${target}${zone === undefined ? '' : ` --zone ${zone}`} --region ${region}`;
}
