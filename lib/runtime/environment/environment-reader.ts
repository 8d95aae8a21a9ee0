import { RuntimeError, type RuntimeProblem } from '../errors';

/** The raw environment of a process. */
export type RawEnvironment = Readonly<Record<string, string | undefined>>;

/** Reads variables one by one and remembers every problem, so that all are told at once. */
export class EnvironmentReader {
  private readonly problems: RuntimeProblem[] = [];

  constructor(private readonly raw: RawEnvironment) {}

  /** A text; a missing one without a fallback is a problem. */
  text(name: string, fallback?: string): string {
    const value = this.optional(name) ?? fallback;
    if (value === undefined) this.refuse(name, 'is missing', 'set it');
    return value ?? '';
  }

  /** A text that may be absent; empty counts as absent. */
  optional(name: string): string | undefined {
    return this.raw[name]?.trim() || undefined;
  }

  /** A number within bounds, both inclusive. */
  number(name: string, fallback: number | undefined, bounds: { minimum: number; maximum: number }): number {
    const text = this.optional(name);
    if (text === undefined && fallback !== undefined) return fallback;
    const value = Number(text ?? Number.NaN);
    if (value >= bounds.minimum && value <= bounds.maximum) return value;
    const message = text === undefined ? 'is missing' : 'is not a number in range';
    this.refuse(name, message, `give ${bounds.minimum} to ${bounds.maximum}`);
    return bounds.maximum;
  }

  /** A text that must match; returns its groups, empty when it does not. */
  groups(name: string, pattern: RegExp, shape: string, fallback?: string): readonly string[] {
    const text = this.text(name, fallback);
    if (text === '') return [];
    const match = pattern.exec(text);
    if (match === null) this.refuse(name, 'has another shape', `write it as ${shape}`);
    return match?.slice(1) ?? [];
  }

  /** Runs a parser of its own; the problems that it throws are told with the others. */
  attempt<T>(parse: () => T): T | undefined {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof RuntimeError) || error.problems.length === 0) throw error;
      this.problems.push(...error.problems);
      return undefined;
    }
  }

  /** Notes a problem with one variable. */
  refuse(name: string, message: string, fix: string): void {
    const secret = /secret|password|token/i.test(name);
    this.problems.push({ path: name, received: secret ? undefined : this.raw[name], message, fix });
  }

  /** Throws an `environment` error that lists every problem found. */
  finish(): void {
    if (this.problems.length > 0) {
      throw new RuntimeError('environment', 'the environment of this process is not usable', this.problems);
    }
  }
}
