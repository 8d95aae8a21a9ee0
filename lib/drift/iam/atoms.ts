import { differ, type Glob, isResourceToken, isToken, type TokenContext } from './glob';

/** All texts that the same patterns match, by one of them. */
export interface Atom {
  /** A text of this kind, symbol by symbol. */
  readonly example: Glob;
  /** Patterns that match it, whatever the tokens are. */
  readonly matched: ReadonlySet<number>;
  /** Patterns that match it for some values of the tokens, {@link matched} among them. */
  readonly perhaps: ReadonlySet<number>;
}

/** A symbol that no pattern names. */
const OTHER = '\u0000';
/** States of the automaton after which we give up: a policy of 6,144 characters stays far below. */
const MOST_STATES = 4000;

/**
 * Every kind of text that some patterns can tell apart, each with an example: the reachable states of the patterns
 * read side by side. `undefined` where there are too many.
 */
export function atomsOf(globs: readonly Glob[], context: TokenContext): readonly Atom[] | undefined {
  const machine = new Machine(globs, context);
  const start = machine.start();
  const seen = new Map<string, Glob>([[start.join(), []]]);
  const queue: (readonly [state: readonly number[], example: Glob])[] = [[start, []]];
  const atoms = new Map<string, Atom>();
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const [state, example] = next;
    const atom = machine.atomOf(state, example);
    const key = `${[...atom.matched].join()}|${[...atom.perhaps].join()}`;
    if (!atoms.has(key)) atoms.set(key, atom);
    for (const symbol of machine.symbolsAt(state)) {
      const reached = machine.step(state, symbol);
      const name = reached.join();
      if (seen.has(name)) continue;
      if (seen.size >= MOST_STATES) return undefined;
      const longer = [...example, symbol];
      seen.set(name, longer);
      queue.push([reached, longer]);
    }
  }
  return [...atoms.values()];
}

/** Positions within all patterns at once; each pattern twice where there are tokens: to the letter, and perhaps. */
class Machine {
  private readonly tokens: readonly string[];
  private readonly offsets: readonly number[];

  constructor(
    private readonly globs: readonly Glob[],
    private readonly context: TokenContext,
  ) {
    this.tokens = [...new Set(globs.flat().filter(isToken))];
    let offset = 0;
    this.offsets = globs.map(glob => {
      offset += glob.length + 1;
      return offset - glob.length - 1;
    });
    this.size = offset;
  }

  private readonly size: number;

  start(): readonly number[] {
    const state = new Set<number>();
    for (const [index] of this.globs.entries()) {
      this.enter(state, index, 0, false);
      if (this.tokens.length > 0) this.enter(state, index, 0, true);
    }
    return sorted(state);
  }

  atomOf(state: readonly number[], example: Glob): Atom {
    const [matched, perhaps] = [new Set<number>(), new Set<number>()];
    for (const place of state) {
      const { index, position, loose } = this.placeOf(place);
      if (position < (this.globs[index]?.length ?? 0)) continue;
      perhaps.add(index);
      if (!loose) matched.add(index);
    }
    return { example, matched: ordered(matched), perhaps: ordered(perhaps) };
  }

  /** What may be read next and makes a difference. */
  symbolsAt(state: readonly number[]): ReadonlySet<string> {
    const symbols = new Set<string>([OTHER, ...this.tokens]);
    for (const place of state) {
      const { index, position } = this.placeOf(place);
      const symbol = this.globs[index]?.[position];
      if (symbol !== undefined && symbol !== '*' && symbol !== '?') symbols.add(symbol);
    }
    return symbols;
  }

  step(state: readonly number[], read: string): readonly number[] {
    const next = new Set<number>();
    for (const place of state) {
      const { index, position, loose } = this.placeOf(place);
      const symbol = this.globs[index]?.[position];
      if (loose && isToken(read)) this.absorb(next, index, position, read);
      if (symbol === undefined) continue;
      if (symbol === '*' || (loose && isToken(symbol) && !differ(symbol, read, this.context))) {
        this.enter(next, index, position, loose);
        if (symbol !== '*') this.enter(next, index, position + 1, loose);
      }
      if ((symbol === '?' && !isToken(read)) || symbol === read) this.enter(next, index, position + 1, loose);
    }
    return sorted(next);
  }

  /** The text of a token may be whatever the pattern wants next, a token that differs left out. */
  private absorb(state: Set<number>, index: number, from: number, read: string): void {
    const glob = this.globs[index] as Glob;
    for (let position = from; ; position += 1) {
      this.enter(state, index, position, true);
      const symbol = glob[position];
      if (symbol === undefined || (isToken(symbol) && differ(symbol, read, this.context))) return;
    }
  }

  /** Enters a position, and those behind it that need no symbol. */
  private enter(state: Set<number>, index: number, position: number, loose: boolean): void {
    state.add((loose ? this.size : 0) + (this.offsets[index] as number) + position);
    const symbol = this.globs[index]?.[position];
    // A parameter may be empty; no name of a resource is.
    const empty = loose && symbol !== undefined && isToken(symbol) && !isResourceToken(symbol, this.context);
    if (symbol === '*' || empty) this.enter(state, index, position + 1, loose);
  }

  private placeOf(place: number): { index: number; position: number; loose: boolean } {
    const loose = place >= this.size;
    const within = loose ? place - this.size : place;
    let [low, high] = [0, this.offsets.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.offsets[middle] as number) <= within) low = middle;
      else high = middle - 1;
    }
    return { index: low, position: within - (this.offsets[low] as number), loose };
  }
}

const sorted = (numbers: ReadonlySet<number>): readonly number[] =>
  [...numbers].sort((left, right) => left - right);
const ordered = (numbers: ReadonlySet<number>): ReadonlySet<number> => new Set(sorted(numbers));
