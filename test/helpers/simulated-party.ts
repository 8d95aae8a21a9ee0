// The other side of a saga's steps, as a payment API is: it acts once for one key and repeats its answers.
import type { Random } from './simulation';

/** What one saga's step has done to the world. */
interface Effect {
  readonly saga: string;
  readonly step: number;
  readonly kind: 'taken' | 'undone';
}

/** Answers by key. A key may be closed: then what comes under it later is refused. */
export class SimulatedParty {
  readonly effects: Effect[] = [];
  calls = 0;
  private readonly takes = new Map<string, 'taken' | 'refused' | 'undone'>();
  private readonly checks = new Map<string, 'ok' | 'refused'>();
  private readonly undoings = new Set<string>();

  constructor(
    private readonly random: Random,
    private readonly refusals: number,
  ) {}

  take(token: string, saga: string, step: number, mayRefuse: boolean): 'ok' | 'refused' {
    this.calls += 1;
    const known = this.takes.get(token);
    if (known !== undefined) return known === 'taken' ? 'ok' : 'refused';
    if (mayRefuse && this.random.chance(this.refusals)) {
      this.takes.set(token, 'refused');
      return 'refused';
    }
    this.takes.set(token, 'taken');
    this.effects.push({ saga, step, kind: 'taken' });
    return 'ok';
  }

  /** Looks and touches nothing; the answer to a key stays what it was. */
  check(token: string): 'ok' | 'refused' {
    this.calls += 1;
    const answer = this.checks.get(token) ?? (this.random.chance(this.refusals) ? 'refused' : 'ok');
    this.checks.set(token, answer);
    return answer;
  }

  /** Undoes what was taken under a key. Of a key that it never saw it makes nothing, and does not remember it. */
  undo(token: string, taking: string, saga: string, step: number): 'ok' {
    this.calls += 1;
    if (this.undoings.has(token)) return 'ok';
    if (this.takes.get(taking) === 'taken') {
      this.undoings.add(token);
      this.takes.set(taking, 'undone');
      this.effects.push({ saga, step, kind: 'undone' });
    }
    return 'ok';
  }

  /** Tells what became of a key, and closes it if it was never seen. */
  settle(token: string): 'taken' | 'not-taken' {
    this.calls += 1;
    const known = this.takes.get(token);
    if (known === undefined) this.takes.set(token, 'refused');
    return known === 'taken' ? 'taken' : 'not-taken';
  }
}
