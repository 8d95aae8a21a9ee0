import type { DriftRule } from '../classify/rule';
import { configApart } from './change/config-apart';
import { settingNotKept } from './change/setting-not-kept';
import { consumerAgainstRole } from './danger/consumer-against-role';
import { writerMisplaced } from './danger/writer-misplaced';
import { configRolledOut } from './expected/config-rolled-out';
import { mappingRole } from './expected/mapping-role';

/** Rules for what probes find and CloudFormation's own drift detection does not see. */
export const PROBE_RULES: readonly DriftRule[] = [
  ...[mappingRole, configRolledOut],
  ...[consumerAgainstRole, writerMisplaced],
  ...[settingNotKept, configApart],
];
