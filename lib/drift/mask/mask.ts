import { isObject } from '../compare/values';
import type { Comparison, Difference, Finding, Json, ResourceChange, Unchecked } from '../model';
import { at, stepsOf } from '../paths';
import { MASK, maskForms, maskText } from './look-alike';
import { markedTexts } from './marked';
import { isSecretName } from './names';
import { type MaskMarked, maskValue } from './values';

export { MASK, maskText } from './look-alike';

/**
 * A comparison that may be printed, stored and posted: what its source marks as secret is gone, and so is what looks
 * like a secret, from values, paths and texts. Judge the comparison before: two secrets that differ are alike here.
 */
export function maskComparison(comparison: Comparison): Comparison {
  const marked = markedTexts(comparison.secrets ?? []);
  const { checked } = comparison;
  return {
    checked,
    changes: comparison.changes.map(change => maskChange(change, marked)),
    unchecked: comparison.unchecked.map(each => maskUnchecked(each, marked)),
  };
}

/** Findings without any secret of the comparisons that they were made from. Their ids stay. */
export function maskFindings(
  findings: readonly Finding[],
  comparisons: readonly Comparison[],
): readonly Finding[] {
  const secrets = comparisons.flatMap(comparison => comparison.secrets ?? []);
  const [marked, inNames] = [markedTexts(secrets), markedTexts(secrets, 8)];
  return findings.map(finding => ({
    ...finding,
    ...place(finding, inNames),
    path: maskForms(marked(finding.path)),
    why: maskText(marked(finding.why)),
    fix: maskText(marked(finding.fix)),
  }));
}

/** Names are long by nature, so only what is marked, or has the very form of a secret, is taken out of them. */
function place<T extends Pick<Finding, 'stack' | 'resource'>>(of: T, marked: MaskMarked) {
  return { stack: maskForms(marked(of.stack)), resource: maskForms(marked(of.resource)) };
}

function maskUnchecked(unchecked: Unchecked, marked: MaskMarked): Unchecked {
  const { why, fix } = unchecked;
  return {
    ...unchecked,
    ...place(unchecked, marked),
    ...{ why: maskText(marked(why)), fix: maskText(marked(fix)) },
  };
}

function maskChange(change: ResourceChange, marked: MaskMarked): ResourceChange {
  const { sensitive, origin, physicalId, reason, ...rest } = change;
  const hide = (value: Json | undefined, mark: Json | undefined) =>
    value === undefined ? undefined : maskValue(value, '', mark, marked);
  const [before, after] = [hide(change.before, sensitive?.before), hide(change.after, sensitive?.after)];
  const text = (name: string, value: string | undefined) =>
    value === undefined ? {} : { [name]: maskForms(marked(value)) };
  return {
    ...{ ...rest, before, after },
    ...place(change, marked),
    differences: change.differences.map(difference =>
      maskDifference(difference, change, [before, after], marked),
    ),
    ...{ ...text('origin', origin), ...text('physicalId', physicalId), ...text('reason', reason) },
  };
}

/** A difference shows what the masked documents show at its place, or less. */
function maskDifference(
  difference: Difference,
  change: ResourceChange,
  documents: readonly [Json | undefined, Json | undefined],
  marked: MaskMarked,
): Difference {
  const hide = (value: Json | undefined, raw: Json | undefined, shown: Json | undefined) => {
    if (value === undefined) return undefined;
    if (difference.sensitive === true) return value === null || value === '' ? value : MASK;
    const alone = maskValue(value, nameFor(difference.path), undefined, marked);
    if (at(raw, difference.path) === undefined) return alone;
    return hidesMore(at(shown, difference.path) ?? MASK, alone);
  };
  const { path, before, after } = difference;
  return {
    ...difference,
    path: maskForms(marked(path)),
    before: hide(before, change.before, documents[0]),
    after: hide(after, change.after, documents[1]),
  };
}

/** The name that says most of a secret on the way to a value. */
function nameFor(path: string): string {
  const names = stepsOf(path).filter(step => typeof step === 'string');
  return names.find(isSecretName) ?? names.at(-1) ?? '';
}

/** Of two masked forms of one value, each part from the one that masks it. */
function hidesMore(left: Json, right: Json): Json {
  if (left === MASK || right === MASK) return MASK;
  if (Array.isArray(left) && Array.isArray(right))
    return left.map((item, place) => hidesMore(item, right[place] ?? item));
  if (isObject(left) && isObject(right)) {
    return Object.fromEntries(
      Object.entries(left).map(([key, item]) => [
        key,
        Object.hasOwn(right, key) ? hidesMore(item, right[key] as Json) : item,
      ]),
    );
  }
  return typeof left === 'string' && left.includes(MASK) ? left : right;
}
