/**
 * A line on which everything arrives late and in order. Its time is monotonic, and both its time and its timers are
 * taken when it is loaded: a clock that is skewed later does not reach it.
 */
export class DelayLine {
  private readonly waiting: { readonly due: number; readonly act: () => void }[] = [];
  private timer: NodeJS.Timeout | undefined;
  private last = 0;

  /** Whether nothing is under way. */
  get empty(): boolean {
    return this.waiting.length === 0;
  }

  /** Acts after `milliseconds`, and never before what was put on the line earlier. */
  put(milliseconds: number, act: () => void): void {
    this.last = Math.max(this.last, now() + milliseconds);
    this.waiting.push({ due: this.last, act });
    this.arm();
  }

  /** Forgets everything that is under way. */
  clear(): void {
    this.waiting.length = 0;
    cancel(this.timer);
    this.timer = undefined;
  }

  private arm(): void {
    const [first] = this.waiting;
    if (this.timer !== undefined || first === undefined) return;
    this.timer = later(() => this.deliver(), Math.max(0, first.due - now()));
  }

  private deliver(): void {
    this.timer = undefined;
    for (let first = this.waiting[0]; first !== undefined && first.due <= now(); first = this.waiting[0]) {
      this.waiting.shift();
      first.act();
    }
    this.arm();
  }
}

const later = setTimeout;
const cancel = clearTimeout;
const { hrtime } = process;
const now = (): number => Number(hrtime.bigint()) / 1e6;
