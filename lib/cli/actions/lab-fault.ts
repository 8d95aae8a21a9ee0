import { type LabFault, strikeLab } from '../../lab';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT } from '../context';

/** Options of `holdfast lab fault`. */
export interface FaultOptions extends CommonOptions, LabFault {}

/** What lifts each fault that lasts. */
const LIFTED_BY: Partial<Record<LabFault['action'], LabFault['action']>> = {
  hold: 'release',
  pause: 'resume',
  cut: 'mend',
};

/** Strikes the running lab. */
export async function labFault(
  { projectRoot }: CommandContext,
  { action, target, region }: FaultOptions,
): Promise<CommandResult> {
  await strikeLab(projectRoot, { action, target, region });
  const lift = LIFTED_BY[action];
  const lifted = lift === undefined ? undefined : `holdfast lab fault ${lift} ${target} --region ${region}`;
  const until = lifted === undefined ? '' : `; it lasts until: ${lifted}`;
  const document = {
    version: 1,
    action,
    target,
    region,
    ...(lifted === undefined ? {} : { liftedBy: lifted }),
  };
  return {
    exitCode: EXIT.good,
    document,
    text: `${action} ${target} in ${region}: done${until}`,
  };
}
