import { noticeOf, type ReleaseItem } from '../runtime/release/release-store';
import type { RegionView, ReleaseView } from '../runtime/release/release-view';
import { servingColour } from './plan-release';

/** One look at whether a release may begin. */
export interface ReleaseCheck {
  readonly id: 'release' | 'drills' | 'register' | 'budget' | 'weights' | 'capacity' | 'alarms';
  readonly state: 'ok' | 'failed' | 'unknown';
  readonly text: string;
  /** What to do about it. @default - nothing is to be done */
  readonly fix?: string;
  /** Whether a person has accepted that it is unknown. */
  readonly accepted?: boolean;
}

/** What is left of the error budgets. */
export interface BudgetView {
  /** Levels whose budget is spent, in words. */
  readonly spent: readonly string[];
  /** What could not be read. */
  readonly unknown: readonly string[];
  /** Why this release may go out although a budget is spent: it mends what spent it. */
  readonly mends?: string;
}

/** What the checks are made from; what could not be seen is absent. */
export interface PreflightView extends Pick<ReleaseView, 'drill' | 'register'> {
  /** The last release; `unseen` when it could not be read. */
  readonly last: ReleaseItem | 'unseen' | undefined;
  /** @default - nothing is promised, or nothing can be read where it runs: no check */
  readonly budget?: BudgetView;
  readonly regions: Readonly<Record<string, RegionView | undefined>>;
}

/** Checks whether a release may begin. What could not be seen is unknown, and never ok. */
export function releaseChecks(
  view: PreflightView,
  accepted: readonly string[],
  now: number,
): readonly ReleaseCheck[] {
  const checks = [
    releaseCheck(view, now),
    drillCheck(view),
    registerCheck(view),
    ...budgetCheck(view),
    ...regionChecks(view),
  ];
  return checks.map(check =>
    check.state === 'unknown' && accepted.includes(check.id) ? { ...check, accepted: true } : check,
  );
}

/** Alarms without data, whose silence is accepted with the check. */
export const silentAlarms = ({ regions }: PreflightView): readonly string[] => [
  ...new Set(Object.values(regions).flatMap(view => view?.silent ?? [])),
];

function releaseCheck({ last }: PreflightView, now: number): ReleaseCheck {
  const id = 'release';
  if (last === 'unseen') return { id, state: 'unknown', text: 'the register’s table cannot be read' };
  const notice = noticeOf(last, now);
  if (notice === undefined) return { id, state: 'ok', text: 'no other release is under way' };
  const until = new Date(notice.until).toISOString();
  const text = `release ${notice.id} is in stage ${notice.stage}, until about ${until}`;
  return { id, state: 'failed', text, fix: 'wait for it, or run: holdfast release rollback' };
}

function drillCheck({ drill }: PreflightView): ReleaseCheck {
  const id = 'drills';
  if (drill === undefined) return { id, state: 'unknown', text: 'the drill lock cannot be read' };
  if (drill === 'free') return { id, state: 'ok', text: 'no drill is under way' };
  return { id, state: 'failed', text: drill.busy, fix: 'wait until it has ended' };
}

/** A spent budget is for mending: what else goes out waits until it has recovered. */
function budgetCheck({ budget }: PreflightView): readonly ReleaseCheck[] {
  if (budget === undefined) return [];
  const { spent, unknown, mends } = budget;
  const id = 'budget';
  if (spent.length > 0 && mends === undefined) {
    const fix = 'wait until it has recovered, or say with --mends why this release brings it back';
    return [{ id, state: 'failed', text: `spent: ${spent.join(', ')}`, fix }];
  }
  if (spent.length > 0) return [{ id, state: 'ok', text: `spent: ${spent.join(', ')}; mends it: ${mends}` }];
  if (unknown.length > 0) return [{ id, state: 'unknown', text: unknown.join('; ') }];
  return [{ id, state: 'ok', text: 'every error budget has something left' }];
}

function registerCheck({ register }: PreflightView): ReleaseCheck {
  const id = 'register';
  if (register === undefined) {
    const text = 'the register names no Region, or cannot be read';
    return {
      id,
      state: 'unknown',
      text,
      fix: 'homes that move on their own cannot be released by this command',
    };
  }
  const { epoch, phase, region } = register;
  if (phase === 'active') return { id, state: 'ok', text: `${region} is active at epoch ${epoch}` };
  const text = `a move to ${region} stands in phase ${phase}`;
  return { id, state: 'failed', text, fix: 'finish it: holdfast drill resume, or holdfast drill abort' };
}

function regionChecks({ regions }: PreflightView): readonly ReleaseCheck[] {
  const seen = Object.entries(regions).flatMap(([region, view]) =>
    view === undefined ? [] : [{ region, view }],
  );
  const unseen = Object.keys(regions).filter(region => regions[region] === undefined);
  const check = (
    id: 'weights' | 'capacity' | 'alarms',
    wrong: (region: string, view: RegionView) => string | undefined,
    good: string,
    fix: string,
  ): ReleaseCheck => {
    const found = seen.flatMap(({ region, view }) => wrong(region, view) ?? []);
    if (found.length > 0) return { id, state: 'failed', text: found.join('; '), fix };
    if (unseen.length === 0) return { id, state: 'ok', text: good };
    return { id, state: 'unknown', text: `cannot be seen: ${unseen.join(', ')}` };
  };
  const silent = seen.flatMap(({ region, view }) => view.silent.map(name => `${name} in ${region}`));
  const alarms = check(
    'alarms',
    (region, { ringing }) =>
      ringing.length > 0 ? `in alarm in ${region}: ${ringing.join(', ')}` : undefined,
    'no alarm rings',
    'clear them first',
  );
  return [
    check('weights', mixed, 'each Region serves by one colour', 'move all weights to one colour first'),
    check(
      'capacity',
      short,
      'every Region has its clones, and room for as many more',
      'raise maximumClones, or wait',
    ),
    alarms.state === 'ok' && silent.length > 0
      ? { id: 'alarms', state: 'unknown', text: `without data: ${few(silent)}` }
      : alarms,
  ];
}

/** The first of many names. */
const few = (names: readonly string[]): string =>
  names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;

const mixed = (region: string, view: RegionView): string | undefined =>
  servingColour(view) === undefined
    ? `${region} has the weights ${JSON.stringify(view.live)}, stored ${JSON.stringify(view.stored)}`
    : undefined;

function short(region: string, view: RegionView): string | undefined {
  const serving = servingColour(view);
  if (serving === undefined) return undefined;
  const { healthy, desired } = view.colours[serving];
  const idle = serving === 'blue' ? 'green' : 'blue';
  if (healthy < desired || desired === 0)
    return `${region}: ${healthy} of ${desired} clones of ${serving} are healthy`;
  const { maximum } = view.colours[idle];
  return maximum < desired
    ? `${region}: ${idle} may have ${maximum} clones, and ${desired} are needed`
    : undefined;
}
