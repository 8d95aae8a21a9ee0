import type { Json } from '../model';
import { canonical } from '../paths';
import { intrinsicOf, isObject, type JsonObject, own } from './values';

/** Conditions that refer to conditions, and what stands within them, are followed so far. */
const DEEPEST = 200;

/**
 * What a template decides by itself: conditions and mappings whose words stand in it, or follow from the Region, and
 * `AWS::NoValue`. What a parameter decides is left as it is written.
 */
export class Scope {
  private readonly decided = new Map<string, boolean | undefined>();
  private depth = 0;

  /** @param region `-` where it is not known */
  constructor(
    private readonly template: JsonObject,
    private readonly region: string,
  ) {}

  /** Whether an entry with a `Condition` is there at all; `undefined` when a parameter decides it. */
  stands(entry: Json | undefined): boolean | undefined {
    if (entry === undefined) return false;
    const name = own(entry, 'Condition');
    if (name === undefined) return true;
    return typeof name === 'string' ? this.condition(name) : undefined;
  }

  /** Whether a condition holds; `undefined` when that is not decided here. */
  condition(name: string): boolean | undefined {
    if (this.decided.has(name)) return this.decided.get(name);
    this.decided.set(name, undefined); // one that refers to itself is never decided
    const holds = this.decide(own(own(this.template, 'Conditions'), name));
    this.decided.set(name, holds);
    return holds;
  }

  /** A value as far as it is decided; `undefined` for what is nothing. */
  value(value: Json | undefined): Json | undefined {
    if (Array.isArray(value)) {
      return (value as readonly Json[]).map(each => this.value(each)).filter(each => each !== undefined);
    }
    if (!isObject(value)) return value;
    const intrinsic = intrinsicOf(value);
    if (intrinsic === undefined) return this.entries(value);
    const [name, argument] = intrinsic;
    if (name === 'Ref') return argument === 'AWS::NoValue' ? undefined : value;
    if (name === 'Fn::If') return this.branch(value, argument);
    if (name === 'Fn::FindInMap') return this.found(argument) ?? value;
    return { [name]: this.within(argument) };
  }

  private entries(value: JsonObject): Json {
    const kept = Object.entries(value).map(([key, item]) => [key, this.value(item)] as const);
    return Object.fromEntries(kept.filter(([, item]) => item !== undefined)) as JsonObject;
  }

  /** Arguments of a function keep their places. */
  private within(argument: Json): Json {
    if (!Array.isArray(argument)) return argument;
    return (argument as readonly Json[]).map(each => this.value(each) ?? each);
  }

  private branch(value: Json, argument: Json): Json | undefined {
    const [name, yes, no] = Array.isArray(argument) ? (argument as readonly Json[]) : [];
    if (typeof name !== 'string' || yes === undefined || no === undefined) return value;
    const holds = this.condition(name);
    if (holds !== undefined) return this.value(holds ? yes : no);
    const [one, other] = [this.value(yes), this.value(no)];
    if (canonical(one) === canonical(other)) return one;
    return { 'Fn::If': [name, one ?? yes, other ?? no] };
  }

  private found(argument: Json): Json | undefined {
    const [map, first, second] = (Array.isArray(argument) ? (argument as readonly Json[]) : []).map(each =>
      this.text(each),
    );
    if (map === undefined || first === undefined || second === undefined) return undefined;
    return own(own(own(own(this.template, 'Mappings'), map), first), second);
  }

  /** The text that a value is for certain. */
  private text(value: Json | undefined): string | undefined {
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    const [name, argument] = intrinsicOf(value) ?? [];
    if (name === 'Ref' && argument === 'AWS::Region') return this.region === '-' ? undefined : this.region;
    if (name === 'Fn::FindInMap' && argument !== undefined) {
      const found = this.deeper(() => this.found(argument));
      return typeof found === 'object' ? undefined : this.text(found);
    }
    return undefined;
  }

  private decide(value: Json | undefined): boolean | undefined {
    const name = own(value, 'Condition');
    if (typeof name === 'string') return this.deeper(() => this.condition(name));
    const [word, argument] = intrinsicOf(value) ?? [];
    const list = Array.isArray(argument) ? (argument as readonly Json[]) : [];
    if (word === 'Fn::Equals') return this.equal(list);
    const parts = list.map(each => this.deeper(() => this.decide(each)));
    if (word === 'Fn::Not') return parts[0] === undefined ? undefined : !parts[0];
    // What one part decides alone is decided, whatever the others are.
    if (word === 'Fn::And')
      return parts.includes(false) ? false : parts.includes(undefined) ? undefined : true;
    if (word === 'Fn::Or') return parts.includes(true) ? true : parts.includes(undefined) ? undefined : false;
    return undefined;
  }

  private equal([left, right]: readonly Json[]): boolean | undefined {
    const [one, other] = [this.text(left), this.text(right)];
    if (one !== undefined && other !== undefined) return one === other;
    return canonical(left) === canonical(right) ? true : undefined;
  }

  private deeper<T>(act: () => T): T | undefined {
    if (this.depth > DEEPEST) return undefined;
    this.depth += 1;
    try {
      return act();
    } finally {
      this.depth -= 1;
    }
  }
}
