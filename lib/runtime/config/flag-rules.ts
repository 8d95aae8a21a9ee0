/** What is known of whoever a flag is asked for, such as `{ region: 'eu-west-1', plan: 'gold' }`. */
export type FlagContext = Readonly<Record<string, string | number | boolean>>;

/** Whether a variant is for a context; undefined when what the rule asks for is not in it, or is of another type. */
export type FlagRule = (context: FlagContext) => boolean | undefined;

type Constant = string | number | boolean;
type Operand = (context: FlagContext) => Constant | undefined;

/** A rule that cannot be evaluated here as the AppConfig agent would. */
export class UnknownRule extends Error {
  override readonly name = 'UnknownRule';
}

/** Strings, numbers, `$key`, `name::` and words; whatever else stands in a rule is left over and refused. */
const TOKEN =
  /\s*(?:,\s*)?("(?:[^"\\]|\\["\\])*"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?=[\s,()[\]]|$)|\$[\w-]+|\w+::|\w+|[()[\]])/gy;

/**
 * Reads the rule of a variant, such as `(and (eq $region "eu-west-1") (in $plan ["gold", "silver"]))`. Evaluated are the
 * operators whose meaning the guide gives whole: `and`, `or`, `not`, `eq`, `gt`, `gte`, `lt`, `lte` (of numbers), `begins_with`,
 * `ends_with`, `contains`, `in` and `exists`. Not `split`, whose hash is the agent's own, nor `matches`, whose patterns are, nor
 * timestamps. Source: AppConfig user guide, "Defining rules for multi-variant feature flags".
 *
 * @throws UnknownRule for any other rule: there is no guess at what it means
 */
export function parseFlagRule(text: string): FlagRule {
  const reader = new RuleReader(tokensOf(text));
  const rule = reader.expression();
  reader.end();
  return rule;
}

function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    tokens.push(match[1] as string);
    end = match.index + match[0].length;
  }
  if (text.slice(end).trim() !== '')
    throw new UnknownRule(`cannot be read from "${text.slice(end, end + 20)}" on`);
  return tokens;
}

class RuleReader {
  private place = 0;

  constructor(private readonly tokens: readonly string[]) {}

  expression(): FlagRule {
    this.take('(');
    const operator = this.next();
    const rule = this.operation(operator);
    this.take(')');
    return rule;
  }

  end(): void {
    if (this.place < this.tokens.length) throw new UnknownRule('goes on after its end');
  }

  private operation(operator: string): FlagRule {
    if (operator === 'and' || operator === 'or') return allOf(this.expressions(), operator === 'or');
    if (operator === 'not') return negated(this.expression());
    if (operator === 'exists') return this.exists();
    if (operator === 'in') return this.within();
    const compare = Object.hasOwn(COMPARISONS, operator) ? COMPARISONS[operator] : undefined;
    if (compare === undefined) throw new UnknownRule(`asks for ${operator}, which is not evaluated here`);
    const [left, right] = [this.operand(), this.operand()];
    return context => {
      const [one, other] = [left(context), right(context)];
      return one === undefined || other === undefined ? undefined : compare(one, other);
    };
  }

  private expressions(): readonly FlagRule[] {
    const rules: FlagRule[] = [];
    while (this.tokens[this.place] === '(') rules.push(this.expression());
    if (rules.length === 0) throw new UnknownRule('combines nothing');
    return rules;
  }

  private exists(): FlagRule {
    this.take('key::');
    const key = this.constant();
    return context => Object.hasOwn(context, String(key));
  }

  private within(): FlagRule {
    const value = this.operand();
    const list: Constant[] = [];
    this.take('[');
    while (this.tokens[this.place] !== ']') list.push(this.constant());
    this.take(']');
    return context => {
      const found = value(context);
      return found === undefined ? undefined : list.includes(found);
    };
  }

  private operand(): Operand {
    const token = this.tokens[this.place] ?? '';
    if (!token.startsWith('$')) {
      const value = this.constant();
      return () => value;
    }
    this.place += 1;
    const key = token.slice(1);
    return context => (Object.hasOwn(context, key) ? context[key] : undefined);
  }

  private constant(): Constant {
    const token = this.next();
    if (token.startsWith('"')) return token.slice(1, -1).replace(/\\(.)/g, '$1');
    if (token === 'true' || token === 'false') return token === 'true';
    const value = Number(token);
    if (/^-?\d/.test(token) && Number.isFinite(value)) return value;
    throw new UnknownRule(`holds ${token}, which is no text, number or boolean`);
  }

  private take(expected: string): void {
    const token = this.next();
    if (token !== expected) throw new UnknownRule(`has ${token} where ${expected} should stand`);
  }

  private next(): string {
    const token = this.tokens[this.place];
    if (token === undefined) throw new UnknownRule('ends too early');
    this.place += 1;
    return token;
  }
}

/** Only of one type: a text is never taken for a number. */
const numbers = (compare: (one: number, other: number) => boolean) => (one: Constant, other: Constant) =>
  typeof one === 'number' && typeof other === 'number' ? compare(one, other) : undefined;
const texts = (compare: (one: string, other: string) => boolean) => (one: Constant, other: Constant) =>
  typeof one === 'string' && typeof other === 'string' ? compare(one, other) : undefined;

const COMPARISONS: Readonly<Record<string, (one: Constant, other: Constant) => boolean | undefined>> = {
  eq: (one, other) => (typeof one === typeof other ? one === other : undefined),
  gt: numbers((one, other) => one > other),
  gte: numbers((one, other) => one >= other),
  lt: numbers((one, other) => one < other),
  lte: numbers((one, other) => one <= other),
  begins_with: texts((text, part) => text.startsWith(part)),
  ends_with: texts((text, part) => text.endsWith(part)),
  contains: texts((text, part) => text.includes(part)),
};

/** What is not known decides only where nothing else does. */
function allOf(rules: readonly FlagRule[], decisive: boolean): FlagRule {
  return context => {
    const found = rules.map(rule => rule(context));
    if (found.includes(decisive)) return decisive;
    return found.includes(undefined) ? undefined : !decisive;
  };
}

const negated =
  (rule: FlagRule): FlagRule =>
  context => {
    const found = rule(context);
    return found === undefined ? undefined : !found;
  };
