import { atomsOf } from './atoms';
import { type Condition, holds, type Variable, variablesOf } from './condition';
import type { Glob, TokenContext } from './glob';

/** Combinations of what a request may send that are tried. */
const MOST = 4096;

/** What a request may send of one key. */
interface Sent {
  /** Variables that it fulfils. */
  readonly truths: readonly string[];
  /** Whether a request can send that for certain. */
  readonly certain: boolean;
}

/** Whether a request fulfils a condition and none of the others. */
export function gapInConditions(
  candidate: Condition,
  blockers: readonly Condition[],
  context: TokenContext,
): 'no' | 'perhaps' | 'yes' {
  const keys = new Map<string, Map<string, Variable>>();
  for (const variable of [candidate, ...blockers].flatMap(variablesOf)) {
    const known = keys.get(variable.key) ?? new Map<string, Variable>();
    keys.set(variable.key, known.set(variable.name, variable));
  }
  const choices = [...keys.values()].map(each => sentOf([...each.values()], context));
  let count = 1;
  for (const choice of choices) count *= choice?.length ?? Number.POSITIVE_INFINITY;
  if (count > MOST) return 'perhaps';
  let found: 'no' | 'perhaps' = 'no';
  for (let number = 0; number < count; number += 1) {
    const sent = combination(choices as readonly (readonly Sent[])[], number);
    const truths = new Set(sent.flatMap(each => each.truths));
    if (!holds(candidate, truths) || blockers.some(each => holds(each, truths))) continue;
    if (sent.every(each => each.certain)) return 'yes';
    found = 'perhaps';
  }
  return found;
}

/** The combination of a number: one choice of each key. */
function combination(choices: readonly (readonly Sent[])[], number: number): readonly Sent[] {
  let left = number;
  return choices.map(choice => {
    const sent = choice[left % choice.length] as Sent;
    left = Math.floor(left / choice.length);
    return sent;
  });
}

/** All that a request may send of a key; `undefined` where that is too much. */
function sentOf(variables: readonly Variable[], context: TokenContext): readonly Sent[] | undefined {
  const texts = variables.filter(({ kind }) => kind !== 'present');
  return texts.every(({ pattern }) => pattern !== undefined)
    ? byText(variables, texts, context)
    : byTruth(variables);
}

/** The key is not there, or is a text of one of the kinds that the patterns tell apart. */
function byText(
  variables: readonly Variable[],
  texts: readonly Variable[],
  context: TokenContext,
): readonly Sent[] | undefined {
  const atoms = atomsOf(
    texts.map(({ pattern }) => pattern as Glob),
    context,
  );
  const present = variables.filter(({ kind }) => kind === 'present').map(({ name }) => name);
  const kinds = atoms?.map(({ matched }) => ({
    truths: [...present, ...texts.filter((_, at) => matched.has(at)).map(({ name }) => name)],
    certain: true,
  }));
  return kinds && [{ truths: [], certain: true }, ...kinds];
}

/** Variables that are tried in all combinations. */
const MOST_VARIABLES = 10;

function byTruth(list: readonly Variable[]): readonly Sent[] | undefined {
  if (list.length > MOST_VARIABLES) return undefined;
  const found: Sent[] = [];
  for (let bits = 0; bits < 1 << list.length; bits += 1) {
    const truths = new Set(list.filter((_each, at) => (bits >> at) & 1).map(({ name }) => name));
    if (possible(list, truths)) found.push({ truths: [...truths], certain: independent(list, truths) });
  }
  return found;
}

/** A key has one value at the most, and only when it is there. */
function possible(list: readonly Variable[], truths: ReadonlySet<string>): boolean {
  const exact = list.filter(({ kind, name }) => kind === 'exact' && truths.has(name));
  if (new Set(exact.map(({ operator }) => operator)).size < exact.length) return false;
  return exact.length === 0 || !list.some(({ kind, name }) => kind === 'present' && !truths.has(name));
}

/** Whether no variables are true beside false ones of which one may follow from the other. */
function independent(list: readonly Variable[], truths: ReadonlySet<string>): boolean {
  return list.every(
    one =>
      one.kind === 'present' ||
      list.every(other => !related(one, other) || truths.has(other.name) === truths.has(one.name)),
  );
}

const related = (one: Variable, other: Variable): boolean =>
  one.kind === 'other' || (other.kind !== 'present' && one.operator !== other.operator);
