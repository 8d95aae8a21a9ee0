import { assertRules, matching, type Rule, wholeNumber } from '../validation';
import type { BackupLifecycle, BackupPlanProps, BackupRule, VaultLock } from './backup-plan-props';

/** Least time in cold storage, in days (AWS Backup Developer Guide, lifecycle). */
const LEAST_COLD_DAYS = 90;
/** Most time that continuous backups reach back, in days (point-in-time recovery). */
const MOST_CONTINUOUS_DAYS = 35;
/** Least time in which a compliance lock can still be taken back, in days. */
const LEAST_GRACE_DAYS = 3;
/** Longest time over which CloudWatch evaluates an alarm with periods of a day. */
const MOST_ALARM_DAYS = 7;
const NAME = /^[a-zA-Z0-9_-]{2,50}$/;
const NAME_FIX = 'use 2 to 50 letters, digits, hyphens and underscores';

/**
 * @param construct class name and path
 * @param region Region of the stack, where it is known
 * @throws HoldfastError `invalid-input` with every wrong value
 */
export function validateBackupPlan(construct: string, props: BackupPlanProps, region?: string): void {
  const { rules, copyRegions = [], selection } = props;
  assertRules(construct, [
    matching('planName', props.planName, NAME, NAME_FIX),
    matching('vaultName', props.vaultName, NAME, NAME_FIX),
    (rules.length === 0 || new Set(rules.map(({ name }) => name)).size !== rules.length) && {
      path: 'rules',
      received: rules.map(({ name }) => name),
      message: 'not at least one rule, each of its own name',
      fix: 'name each rule once',
    },
    (selection.resourceArns ?? []).length + Object.keys(selection.tags ?? {}).length === 0 && {
      path: 'selection',
      received: selection,
      message: 'selects nothing, so nothing would be backed up',
      fix: 'give resourceArns or tags',
    },
    (copyRegions.includes(region ?? '') || new Set(copyRegions).size !== copyRegions.length) && {
      path: 'copyRegions',
      received: copyRegions,
      message: 'a copy in the same Region, or twice in another one, keeps nothing safer',
      fix: 'name other Regions, each once',
    },
    props.expectedWithin !== undefined &&
      wholeNumber('expectedWithin (days)', props.expectedWithin.toDays(), 1, MOST_ALARM_DAYS),
    ...rules.flatMap((rule, number) => ruleRules(`rules[${number}]`, rule)),
    ...lockRules(props),
  ]);
}

function ruleRules(path: string, rule: BackupRule): readonly Rule[] {
  const start = rule.startWindow?.toMinutes() ?? 60;
  const days = rule.deleteAfter.toDays();
  return [
    matching(
      `${path}.name`,
      rule.name,
      /^[a-zA-Z0-9_.-]{1,50}$/,
      'use 1 to 50 letters, digits, hyphens and dots',
    ),
    matching(
      `${path}.schedule`,
      rule.schedule,
      /^cron\(\S+( \S+){5}\)$/,
      'write it as cron(0 3 * * ? *), in UTC',
    ),
    wholeNumber(`${path}.startWindow (minutes)`, start, 60, 100_000),
    wholeNumber(
      `${path}.completionWindow (minutes)`,
      rule.completionWindow?.toMinutes() ?? 480,
      start + 60,
      100_000,
    ),
    ...lifecycleRules(path, rule),
    ...(rule.copies === undefined ? [] : lifecycleRules(`${path}.copies`, rule.copies)),
    rule.continuous === true &&
      (days > MOST_CONTINUOUS_DAYS || rule.coldStorageAfter !== undefined) && {
        path: `${path}.continuous`,
        received: days,
        message: `continuous backups reach back ${MOST_CONTINUOUS_DAYS} days at the most, and never rest cold`,
        fix: 'shorten deleteAfter and leave coldStorageAfter out, or make a second rule that is not continuous',
      },
  ];
}

function lifecycleRules(path: string, { deleteAfter, coldStorageAfter }: BackupLifecycle): readonly Rule[] {
  const days = deleteAfter.toDays();
  const cold = coldStorageAfter?.toDays();
  return [
    wholeNumber(`${path}.deleteAfter (days)`, days, 1, 36_500),
    cold !== undefined && wholeNumber(`${path}.coldStorageAfter (days)`, cold, 1, 36_500),
    cold !== undefined &&
      cold + LEAST_COLD_DAYS > days && {
        path: `${path}.coldStorageAfter (days)`,
        received: cold,
        message: `what goes cold stays so for ${LEAST_COLD_DAYS} days, but is deleted after ${days}`,
        fix: `use ${days - LEAST_COLD_DAYS} days or fewer, or delete after ${cold + LEAST_COLD_DAYS} days or later`,
      },
  ];
}

/** A job whose retention the lock does not admit fails, each time: so it is refused here. */
function lockRules({ lock, rules }: BackupPlanProps): readonly Rule[] {
  if (lock === undefined) return [];
  const { minimum, maximum } = boundsOf(lock);
  const grace = lock.changeableFor?.toDays();
  return [
    wholeNumber('lock.minimumRetention (days)', minimum, 1, 36_500),
    wholeNumber('lock.maximumRetention (days)', maximum, minimum, 36_500),
    grace !== undefined && wholeNumber('lock.changeableFor (days)', grace, LEAST_GRACE_DAYS, 36_500),
    ...rules.flatMap((rule, number) => [
      admittedRule(`rules[${number}].deleteAfter (days)`, rule, lock),
      // The vault of a copy carries the same lock, being declared by the same options.
      rule.copies && admittedRule(`rules[${number}].copies.deleteAfter (days)`, rule.copies, lock),
    ]),
  ];
}

function admittedRule(path: string, { deleteAfter }: BackupLifecycle, lock: VaultLock): Rule {
  const { minimum, maximum } = boundsOf(lock);
  const days = deleteAfter.toDays();
  if (days >= minimum && days <= maximum) return undefined;
  return {
    path,
    received: days,
    message: 'the lock of the vault does not admit it, so every job would fail',
    fix: `keep points for ${minimum} to ${maximum} days, or change the lock`,
  };
}

const boundsOf = ({ minimumRetention, maximumRetention }: VaultLock) => ({
  minimum: minimumRetention.toDays(),
  maximum: maximumRetention?.toDays() ?? 36_500,
});
