// Judges a schedule from outside: it knows what no process can.
import { compareTokens, type FencingToken, tokenText } from '../../lib/runtime/leader/token';

/** Remembers who won and what the resource took, and accuses. */
export class LeaderOracle {
  readonly violations: string[] = [];
  /** True time of the first win since this was cleared. */
  nextWinAt: number | undefined;
  private readonly holders = new Map<string, string>();
  private newest: FencingToken = { epoch: 0, term: 0 };
  private writes = 0;
  private refused = 0;
  private wins = 0;

  constructor(private readonly simulation: { readonly time: number }) {}

  accuse(what: string): void {
    this.violations.push(`at ${Math.round(this.simulation.time)} ms: ${what}`);
  }

  /** A process began to believe. */
  won(holder: string, token: FencingToken): void {
    this.wins += 1;
    this.nextWinAt ??= this.simulation.time;
    const other = this.holders.get(tokenText(token)) ?? holder;
    if (other !== holder) this.accuse(`${other} and ${holder} have one token: ${tokenText(token)}`);
    this.holders.set(tokenText(token), holder);
  }

  /** A write reached the resource, which took it or not. */
  wrote(holder: string, token: FencingToken, admitted: boolean): void {
    if (!admitted) {
      this.refused += 1;
      return;
    }
    this.writes += 1;
    const order = compareTokens(token, this.newest);
    if (order < 0)
      this.accuse(`took a write of ${holder} (${tokenText(token)}) after one of ${tokenText(this.newest)}`);
    else this.newest = token;
    if (this.holders.get(tokenText(token)) !== holder)
      this.accuse(`took a write of ${holder}, who never won ${tokenText(token)}`);
  }

  get figures() {
    return { writes: this.writes, refused: this.refused, wins: this.wins };
  }
}
