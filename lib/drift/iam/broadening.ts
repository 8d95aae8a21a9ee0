import type { Json } from '../model';
import { type Atom, atomsOf } from './atoms';
import { gapInConditions } from './condition-gap';
import { type Glob, isToken, type TokenContext } from './glob';
import { type Part, policyOf, SIDES, type Side, type Statement } from './statement';

/** Whether a policy lets through what it did not let through before. */
export interface Broadening {
  /** `no` is certain, and so is `yes`; `perhaps` is all that cannot be decided. */
  readonly verdict: 'no' | 'perhaps' | 'yes';
  /** A request that comes through now: `s3:PutObject on arn:aws:s3:::b/* by anybody`; or why nobody can tell. */
  readonly example?: string;
}

type Truth = 'no' | 'maybe' | 'yes';

/** One kind of request, and how each statement takes it. */
interface Kind {
  readonly example: Glob;
  /** As a request that a blocker may take. */
  readonly truths: ReadonlyMap<Statement, Truth>;
  /**
   * As a request that a candidate takes. To the letter is enough there: whatever a token's value, each text that the
   * pattern then matches is the value of one that it matches to the letter.
   */
  readonly takenBy: ReadonlyMap<Statement, Truth>;
}

/** Kinds of requests looked at. */
const MOST_KINDS = 200_000;

/**
 * Compares two policies by meaning. Beside others, as policies stand, one is broader when some request that it does
 * not deny is one that the old one denied, or one that it allows and the old one did not. So a lost Deny is a
 * broadening, whatever else the policy says. Texts that are known at deploy only are whatever they may be.
 */
export function broadening(
  before: Json | undefined,
  after: Json | undefined,
  context: TokenContext,
): Broadening {
  const [old, next] = [policyOf(before, context), policyOf(after, context)];
  const opaque = [...old.opaque].sort().join() === [...next.opaque].sort().join();
  const floor: Broadening = opaque
    ? { verdict: 'no' }
    : { verdict: 'perhaps', example: 'a statement is made of what is known at deploy only' };
  const [oldKeys, nextKeys] = [old, next].map(each => new Set(each.statements.map(({ key }) => key)));
  const denied = next.statements.filter(({ effect }) => effect === 'Deny');
  const allowed = old.statements.filter(({ effect }) => effect === 'Allow');
  const added = next.statements.filter(({ effect, key }) => effect === 'Allow' && !oldKeys?.has(key));
  const lost = old.statements.filter(({ effect, key }) => effect === 'Deny' && !nextKeys?.has(key));
  if (added.length + lost.length === 0) return floor;
  const found = [...judged(added, [...allowed, ...denied], context), ...judged(lost, denied, context), floor];
  return (
    found.find(({ verdict }) => verdict === 'yes') ?? found.find(each => each.verdict === 'perhaps') ?? floor
  );
}

/** Whether each candidate lies within the blockers. */
function judged(
  candidates: readonly Statement[],
  blockers: readonly Statement[],
  context: TokenContext,
): Broadening[] {
  if (candidates.length === 0) return [];
  const sides = SIDES.map(side => kindsOf(side, [...candidates, ...blockers], context));
  const [actions, resources, principals] = sides;
  if (!actions || !resources || !principals) return [TOO_MANY];
  return candidates.map(candidate => {
    const of = (kinds: readonly Kind[]) => kinds.filter(({ takenBy }) => takenBy.get(candidate) !== 'no');
    const [a, r, p] = [of(actions), of(resources), of(principals)];
    if (a.length * r.length * p.length > MOST_KINDS) return TOO_MANY;
    let worst: Broadening = { verdict: 'no' };
    for (const action of a) {
      for (const resource of r) {
        for (const principal of p) {
          const verdict = gap(candidate, blockers, [action, resource, principal], context);
          if (verdict === 'no' || (verdict === 'perhaps' && worst.verdict === 'perhaps')) continue;
          worst = { verdict, example: shown([action, resource, principal]) };
          if (verdict === 'yes') return worst;
        }
      }
    }
    return worst;
  });
}

const TOO_MANY: Broadening = {
  verdict: 'perhaps',
  example: 'the policy has more cases than are looked at',
};

/** Kinds of texts on one side that the statements tell apart. */
function kindsOf(
  side: Side,
  statements: readonly Statement[],
  context: TokenContext,
): readonly Kind[] | undefined {
  const globs = new Map<string, Glob>();
  for (const glob of statements.flatMap(statement => statement[side].globs)) globs.set(glob.join('\n'), glob);
  const keys = [...globs.keys()];
  const atoms = atomsOf([...globs.values()], context);
  if (atoms === undefined) return undefined;
  const indices = new Map(keys.map((key, index) => [key, index]));
  const kinds = new Map<string, Kind>();
  for (const atom of atoms) {
    const truths = new Map(statements.map(each => [each, truthOf(each[side], atom, indices)]));
    const takenBy = new Map(
      [...truths].map(([each, truth]) => {
        const toTheLetter = truth === 'maybe' && !each[side].inverted ? 'no' : truth;
        return [each, toTheLetter] as const;
      }),
    );
    const name = [...truths.values()].join();
    const known = kinds.get(name);
    // The shorter example is the one that people read.
    if (known === undefined || atom.example.length < known.example.length) {
      kinds.set(name, { example: atom.example, truths, takenBy });
    }
  }
  return [...kinds.values()];
}

function truthOf(part: Part, atom: Atom, indices: ReadonlyMap<string, number>): Truth {
  const numbers = part.globs.map(glob => indices.get(glob.join('\n')) as number);
  const truth: Truth = numbers.some(each => atom.matched.has(each))
    ? 'yes'
    : numbers.some(each => atom.perhaps.has(each))
      ? 'maybe'
      : 'no';
  if (!part.inverted || truth === 'maybe') return truth;
  return truth === 'yes' ? 'no' : 'yes';
}

/** Whether a request of these kinds that the candidate takes is one that no blocker takes. */
function gap(
  candidate: Statement,
  blockers: readonly Statement[],
  kinds: readonly Kind[],
  context: TokenContext,
): Broadening['verdict'] {
  const truth = (statement: Statement): Truth => {
    const truths = kinds.map(kind => kind.truths.get(statement));
    if (truths.includes('no')) return 'no';
    return truths.includes('maybe') ? 'maybe' : 'yes';
  };
  const [sure, unsure]: [Statement[], Statement[]] = [[], []];
  for (const blocker of blockers) {
    const value = truth(blocker);
    if (value === 'yes') sure.push(blocker);
    else if (value === 'maybe') unsure.push(blocker);
  }
  if (sure.some(({ condition }) => condition.length === 0)) return 'no';
  const certain = !kinds.some(({ takenBy }) => takenBy.get(candidate) === 'maybe') && unsure.length === 0;
  const verdict = gapInConditions(
    candidate.condition,
    sure.map(each => each.condition),
    context,
  );
  return verdict === 'yes' && !certain ? 'perhaps' : verdict;
}

function shown(kinds: readonly Kind[]): string {
  const [action, resource, principal] = kinds.map(({ example }) => readable(example));
  return `${action} on ${resource} by ${principal}`;
}

/** An example as people write it; what no pattern names is the wildcard itself. */
function readable(example: Glob): string {
  const text = example
    .map(symbol =>
      symbol === '\u0000' ? '*' : isToken(symbol) ? symbol.replace(/^\{@(.*)\}$/, '{$1}') : symbol,
    )
    .join('');
  return text === '' ? '*' : text;
}
