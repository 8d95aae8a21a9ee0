/**
 * The position after a write, asked for by many at once. A question that was sent before a commit says nothing about
 * it, so whoever comes while one is on its way shares the next one, and one question a round trip is enough for all.
 */
export class WritePosition {
  private current: Promise<bigint> | undefined;
  private next: Promise<bigint> | undefined;

  constructor(private readonly ask: () => Promise<bigint>) {}

  /** A position at or after everything that was committed before this call. Rejects as `ask` does. */
  read(): Promise<bigint> {
    if (this.current === undefined) return this.start();
    this.next ??= this.current
      .then(
        () => undefined,
        () => undefined,
      )
      .then(() => this.start());
    return this.next;
  }

  private start(): Promise<bigint> {
    this.next = undefined;
    const asked = this.ask().finally(() => {
      if (this.current === asked) this.current = undefined;
    });
    this.current = asked;
    return asked;
  }
}
