// Who can hear whom: directed links, so that a request may arrive whose answer does not.
import type { Simulation } from '../simulation';

export const EAST = 'us-east-2';
export const WEST = 'us-west-2';
/** Holds the third replica of the register, and nothing else. */
export const WITNESS = 'us-east-1';
export const REGIONS = [EAST, WEST] as const;
export const SITES = [EAST, WEST, WITNESS] as const;
/** Where the drill runs. */
export const OPERATOR = 'operator';
/** Route 53's checkers. */
export const CHECKERS = 'checkers';

/** A Region of the application. */
export type Region = (typeof REGIONS)[number];

/** The other one. */
export const otherThan = (region: Region): Region => (region === EAST ? WEST : EAST);

/** Links between sites; every one is up until it is cut. */
export class Network {
  private readonly cuts = new Map<string, number>();

  constructor(private readonly simulation: Simulation) {}

  /** Cuts one direction for so long. */
  cut(from: string, to: string, milliseconds: number): void {
    const until = this.simulation.time + milliseconds;
    this.cuts.set(`${from}>${to}`, Math.max(until, this.cuts.get(`${from}>${to}`) ?? 0));
  }

  /** Cuts a Region off from everybody but its clients, both ways. */
  isolate(region: string, milliseconds: number): void {
    for (const other of [...SITES, OPERATOR, CHECKERS]) {
      if (other === region) continue;
      this.cut(region, other, milliseconds);
      this.cut(other, region, milliseconds);
    }
  }

  heal(): void {
    this.cuts.clear();
  }

  /** Whether a message arrives now. */
  carries(from: string, to: string): boolean {
    return from === to || (this.cuts.get(`${from}>${to}`) ?? 0) <= this.simulation.time;
  }

  /** Whether question and answer arrive now. */
  connects(one: string, other: string): boolean {
    return this.carries(one, other) && this.carries(other, one);
  }

  /** Whether a replica of the register can agree with one of the two others. */
  hasQuorum(region: string): boolean {
    return SITES.some(site => site !== region && this.connects(region, site));
  }
}
