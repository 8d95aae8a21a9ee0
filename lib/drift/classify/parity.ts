import type { Difference, Finding, Json, ResourceChange, StackTemplates } from '../model';
import { verdictsOf } from './ask';
import { findingOf } from './finding';
import type { DriftRule, Judged, RuleContext } from './rule';

/** Where a difference between Regions is worse: in some of them, or nobody can say. */
interface Apart {
  readonly rule: DriftRule;
  readonly paths: readonly string[];
  readonly holds: Judged['holds'];
  /** Whether the Regions of `before` have the worse of the two. */
  readonly isBefore: boolean;
  readonly says: string;
}

/**
 * What rules say of an entry that differs between Regions. Nothing changes here, and no side is the right one: each
 * rule that speaks of Regions is asked whether it would warn on the way from the one to the other, in both directions,
 * and the finding stands in the Region that has the worse of the two.
 */
export function classifyParity(
  change: ResourceChange,
  rules: readonly DriftRule[],
  context: RuleContext,
): readonly Finding[] {
  const findings: Finding[] = [];
  let left = change;
  for (const rule of rules.filter(each => each.class === 'noise' || each.class === 'expected')) {
    for (const verdict of verdictsOf(rule, left, contextOf(left, context), findings)) {
      const paths = verdict.paths ?? left.differences.map(({ path }) => path);
      findings.push(findingOf(placeOf(change, change.region), rule, verdict, paths));
      if (verdict.holds === 'perhaps') continue;
      left = { ...left, differences: left.differences.filter(({ path }) => !paths.includes(path)) };
    }
  }
  if (left.differences.length === 0) return findings;
  const told = new Set<string>();
  for (const each of [...new Map(apart(left, rules, context, findings)).values()]) {
    findings.push(toldOf(left, each));
    for (const path of each.paths) told.add(path);
  }
  return [...findings, ...rest(left, told)];
}

/** What rules would warn of, by rule and paths; the certain word counts, whichever way it is said. */
function apart(
  change: ResourceChange,
  rules: readonly DriftRule[],
  context: RuleContext,
  findings: Finding[],
): readonly (readonly [string, Apart])[] {
  const found = new Map<string, Apart>();
  for (const rule of rules.filter(each => each.apart !== undefined)) {
    for (const isBefore of [false, true]) {
      const seen = { ...(isBefore ? turned(change) : change), action: 'update' as const };
      for (const { holds, paths, why } of verdictsOf(rule, seen, contextOf(seen, context), findings)) {
        const at = paths ?? change.differences.map(({ path }) => path);
        const key = JSON.stringify([rule.id, [...at].sort()]);
        if (found.get(key)?.holds === 'yes') continue;
        found.set(key, { rule, paths: at, holds, isBefore, says: why ?? rule.why });
      }
    }
  }
  return [...found];
}

/** The same, seen from the other side. */
function turned(change: ResourceChange): ResourceChange {
  const { before, after, sides } = change;
  return {
    ...{ ...change, before: after, after: before },
    differences: change.differences.map(({ path, before: old, after: next }) => ({
      ...{ path, before: next, after: old },
    })),
    ...(sides === undefined ? {} : { sides: { before: sides.after, after: sides.before } }),
  };
}

/** Templates of both sides stand where rules look for those of a deploy. */
function contextOf(change: ResourceChange, context: RuleContext): RuleContext {
  const of = (regions: readonly string[] | undefined) =>
    context.facts.templates?.find(
      ({ region, stack }) => stack === change.stack && regions?.includes(region) === true,
    );
  const { region, stack } = change;
  const pair: StackTemplates = {
    ...{ region, stack },
    before: of(change.sides?.before)?.before,
    after: of(change.sides?.after)?.after,
  };
  return { ...context, facts: { ...context.facts, templates: [pair] } };
}

const placeOf = ({ stack, resource, type }: ResourceChange, region: string) =>
  ({ region, stack, resource, type, action: 'none' }) as const;

const FIX = 'declare it alike in every Region, by the safer of the two, or accept the difference';

function toldOf(change: ResourceChange, { rule, paths, holds, isBefore, says }: Apart): Finding {
  const worse = (isBefore ? change.sides?.before : change.sides?.after)?.join(', ') ?? change.region;
  const why =
    holds === 'yes'
      ? `${rule.apart}: ${whatDiffers(change, paths)}`
      : `whether ${rule.apart} cannot be told (${says}): ${whatDiffers(change, paths)}`;
  return findingOf(placeOf(change, worse), rule, { holds, why, fix: FIX }, paths);
}

/** What no rule speaks of, one finding a property. */
function rest(change: ResourceChange, told: ReadonlySet<string>): readonly Finding[] {
  const byProperty = new Map<string, string>();
  for (const { path } of change.differences) {
    const property = /^(?:(?:Properties|Metadata)\.)?[^.[]+/.exec(path)?.[0] ?? path;
    if (!told.has(path) && !byProperty.has(property)) byProperty.set(property, path);
  }
  return [...byProperty].map(([property, path]) => {
    const why = `the Regions differ, and no rule knows more of it: ${whatDiffers(change, [path])}`;
    const rule = { id: 'change', class: 'change', why, fix: FIX } as const;
    return findingOf(placeOf(change, change.region), rule, { holds: 'yes' }, [property]);
  });
}

/** Who has what, of the first of the paths. */
function whatDiffers({ differences, sides }: ResourceChange, paths: readonly string[]): string {
  const difference = differences.find(({ path }) => paths.includes(path));
  const [one, other] = [sides?.before, sides?.after].map(each => each?.join(', ') ?? '-');
  if (difference === undefined) return `${one} and ${other}`;
  const { path, before, after } = difference;
  if (path === '')
    return before === undefined
      ? `${other} has it and ${one} lacks it`
      : `${one} has it and ${other} lacks it`;
  return `${path} is ${shown(before)} in ${one} and ${shown(after)} in ${other}`;
}

/** Texts may be secrets and are long: short words and numbers alone are shown. */
function shown(value: Difference['before']): string {
  if (value === undefined) return 'not set';
  return isShort(value) ? JSON.stringify(value) : 'another value';
}

const isShort = (value: Json): boolean =>
  ['boolean', 'number'].includes(typeof value) ||
  (typeof value === 'string' && /^[\w.:/-]{1,24}$/.test(value));
