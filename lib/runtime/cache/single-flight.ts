/** What a load brought. */
export interface Landing<T> {
  readonly value: T;
  /** Whether nothing was removed under the key from before the load began until it was stored. */
  readonly confirmed: boolean;
}

interface Flight<T> {
  readonly startedAt: number;
  readonly landing: Promise<Landing<T>>;
}

/**
 * Shares one load between all who ask for the same key, and never hands anyone a value that may be older than the
 * question: whoever came after the load began takes its result only when it was confirmed, or when the load began after
 * they came. So at most one load a key is under way and one is waited for.
 */
export class SingleFlight<T> {
  private readonly underWay = new Map<string, Flight<T>>();
  private moments = 0;

  /** A moment, to be taken before anything is looked at. */
  moment(): number {
    this.moments += 1;
    return this.moments;
  }

  /** Begins a load; those who ask from now on join it. */
  start(key: string, load: () => Promise<Landing<T>>): Promise<Landing<T>> {
    const landing = load();
    const flight = { startedAt: this.moment(), landing };
    this.underWay.set(key, flight);
    const forget = () => {
      if (this.underWay.get(key) === flight) this.underWay.delete(key);
    };
    landing.then(forget, forget);
    return landing;
  }

  /** The value of the load under way, if it may be taken by one who came at `moment`; `undefined` otherwise. */
  async join(key: string, moment: number): Promise<{ readonly value: T } | undefined> {
    const flight = this.underWay.get(key);
    if (flight === undefined) return undefined;
    const landed = await flight.landing;
    return landed.confirmed || flight.startedAt > moment ? landed : undefined;
  }

  /** Whether a load of the key is under way. */
  has(key: string): boolean {
    return this.underWay.has(key);
  }
}
