/** Told why a scope was cancelled. */
export type CancelListener = (reason: unknown) => void;

/**
 * Something that can be cancelled once, with a reason. It makes an AbortSignal only for whoever asks for one: a signal
 * costs about 2 us in Node 20, five times everything else that a policy does on the success path.
 */
export class Cancellation {
  private controller: AbortController | undefined;
  /** Nearly always there is one; a set is made for the second. */
  private only: CancelListener | undefined;
  private others: Set<CancelListener> | undefined;
  private done = false;
  private why: unknown;

  /** Whether it was cancelled. */
  get cancelled(): boolean {
    return this.done;
  }

  /** Why it was cancelled; undefined before. */
  get reason(): unknown {
    return this.why;
  }

  /** The same as an AbortSignal; aborts with the reason. */
  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.done) this.controller.abort(this.why);
    }
    return this.controller.signal;
  }

  /** Cancels; a second time does nothing. */
  cancel(reason: unknown): void {
    if (this.done) return;
    this.done = true;
    this.why = reason;
    this.controller?.abort(reason);
    const { only, others } = this;
    this.only = undefined;
    this.others = undefined;
    only?.(reason);
    for (const listener of others ?? []) listener(reason);
  }

  /** Hears of the cancellation once; at once when it has happened. The function returned stops listening. */
  listen(listener: CancelListener): () => void {
    if (this.done) {
      listener(this.why);
      return nothing;
    }
    if (this.only === undefined) {
      this.only = listener;
      return () => {
        if (this.only === listener) this.only = undefined;
      };
    }
    this.others ??= new Set();
    const { others } = this;
    others.add(listener);
    return () => void others.delete(listener);
  }

  /** How many listen: 0 after every call is over, or something leaks. */
  get listening(): number {
    return (this.only === undefined ? 0 : 1) + (this.others?.size ?? 0);
  }
}

/** Cancels `cancellation` when `signal` aborts. The function returned lets go of the signal. */
export function follow(cancellation: Cancellation, signal: AbortSignal | undefined): () => void {
  if (signal === undefined) return nothing;
  if (signal.aborted) {
    cancellation.cancel(signal.reason);
    return nothing;
  }
  const abort = () => cancellation.cancel(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  return () => signal.removeEventListener('abort', abort);
}

const nothing = (): void => undefined;
