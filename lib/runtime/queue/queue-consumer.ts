import type { Clock } from '../clock';
import { reasonOf } from '../errors';
import { loop } from '../loop';
import { onAbort } from '../on-abort';
import { withCorrelationId } from '../telemetry/correlation';
import type { Logger } from '../telemetry/logger';
import { Pressure } from './pressure';
import { type IncomingMessage, QUEUE_BATCH, type Queue } from './queue';
import { Rate } from './rate';

/**
 * What happens to a message: `remove` when its work stands, or it is parked; `release` when only this process's role
 * stood against it; `leave` when it could not be worked, so that it comes again later and at last goes to the dead
 * letters.
 */
export type Fate = 'remove' | 'release' | 'leave';

/** What configuration says of consuming, asked before each receive: a change takes effect within a poll. */
export interface ConsumerLimits {
  /** Takes nothing; what is in work ends. */
  readonly paused: boolean;
  /** Most messages taken in a second. */
  readonly perSecond: number;
  /** Most messages in work at the same time; a receive asks for no more than there is room for. */
  readonly maximumInFlight: number;
}

/** What a consumer stands on. */
export interface QueueConsumerOptions {
  readonly queue: Pick<Queue, 'receive' | 'remove' | 'release' | 'extend'>;
  /** Works one message. What it throws leaves the message. */
  readonly work: (message: IncomingMessage) => Promise<Fate>;
  /** Whether this process may work now. */
  readonly ready: () => boolean;
  readonly limits: () => ConsumerLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Longest wait for messages, in whole seconds. */
  readonly waitSeconds: number;
  /** Pause before it looks again while it is paused or not ready, in milliseconds. */
  readonly pauseMilliseconds: number;
  /** For how long a message that is in work is hidden again, in whole seconds; renewed after a third of it. */
  readonly visibilitySeconds: number;
  /** A message is hidden no longer than this, so that work which hangs is given to another, in seconds. @default 900 */
  readonly longestWorkSeconds?: number;
}

/** Why a wait ends that is needed no more; given, since an abort without a reason makes an error with a stack. */
const ENDED = 'ended';

/** One receive: what it took, and when all of it is done with. */
interface Taken {
  readonly count: number;
  readonly done: Promise<void>;
}

/** Takes messages as fast as they can be worked and no faster, and removes each only after its work stands. */
export class QueueConsumer {
  private readonly pressure = new Pressure();
  private readonly rate = new Rate();
  private readonly batches = new Set<Promise<void>>();

  constructor(private readonly options: QueueConsumerOptions) {}

  /** Takes one batch, once there is room, and works it to its end; returns whether it took part at all. */
  async consume(signal: AbortSignal): Promise<boolean> {
    while (this.open() && this.room() < 1) {
      await this.options.clock.sleep(await this.wait(signal), signal).catch(() => undefined);
      if (signal.aborted) return false;
    }
    const taken = await this.take(signal);
    await taken?.done;
    return taken !== undefined;
  }

  /** Consumes until the signal aborts, then until what is in work has ended. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, logger, pauseMilliseconds } = this.options;
    const onError = (error: unknown) => logger.warn('consumer.failed', { reason: reasonOf(error) });
    await loop({ clock, signal, pauseMilliseconds, onError }, async () => {
      const taken = await this.take(signal);
      if (taken === undefined) return undefined;
      return taken.count > 0 || this.room() > 0 ? 0 : this.wait(signal);
    });
    await Promise.all(this.batches);
  }

  /** `undefined` while it is paused or not ready. */
  private async take(signal: AbortSignal): Promise<Taken | undefined> {
    const { queue, waitSeconds } = this.options;
    if (!this.open()) return undefined;
    const room = this.room();
    if (room < 1) return { count: 0, done: Promise.resolve() };
    const messages = await queue.receive(waitSeconds, signal, Math.min(room, QUEUE_BATCH));
    if (messages.length === 0) return { count: 0, done: Promise.resolve() };
    if (!this.open()) {
      // Paused while it waited: nothing more is begun.
      await queue.release(messages.map(({ receipt }) => receipt));
      return undefined;
    }
    this.rate.take(messages.length);
    const done = this.workAll(messages).finally(() => this.batches.delete(done));
    this.batches.add(done);
    return { count: messages.length, done };
  }

  private open(): boolean {
    return this.options.ready() && !this.options.limits().paused;
  }

  private room(): number {
    const { limits, clock } = this.options;
    const { perSecond, maximumInFlight } = limits();
    const now = clock.monotonic();
    return Math.min(this.pressure.free(maximumInFlight, now), this.rate.available(perSecond, now));
  }

  /** Waits until there may be room: a batch ends, or time brings it. Returns the pause that is left to make. */
  private async wait(signal: AbortSignal): Promise<number> {
    const { clock, limits, pauseMilliseconds } = this.options;
    const now = clock.monotonic();
    const wait = Math.max(this.pressure.rest(now), this.rate.wait(limits().perSecond));
    if (wait > 0) return Math.min(wait, pauseMilliseconds);
    const enough = new AbortController();
    const stop = () => enough.abort(ENDED);
    const letGo = onAbort(signal, stop);
    await Promise.race([
      ...this.batches,
      clock.sleep(pauseMilliseconds, enough.signal).catch(() => undefined),
    ]);
    stop();
    letGo();
    return 0;
  }

  private async workAll(messages: readonly IncomingMessage[]): Promise<void> {
    const { queue, clock } = this.options;
    const inWork = new Set(messages.map(({ receipt }) => receipt));
    const ended = new AbortController();
    void this.keepHidden(inWork, ended.signal);
    this.pressure.begin(messages.length);
    const fates = await Promise.all(
      messages.map(async message => {
        const fate = await this.workOne(message);
        inWork.delete(message.receipt);
        return fate;
      }),
    );
    const left = fates.filter(fate => fate === 'leave').length;
    this.pressure.end(messages.length - left, left, clock.monotonic());
    const receiptsOf = (fate: Fate) =>
      messages.filter((_, index) => fates[index] === fate).map(m => m.receipt);
    await this.settle('removed', receiptsOf('remove'), receipts => queue.remove(receipts));
    await this.settle('released', receiptsOf('release'), receipts => queue.release(receipts));
    ended.abort(ENDED);
  }

  private async workOne(message: IncomingMessage): Promise<Fate> {
    const { work, logger } = this.options;
    const { messageId, receiveCount, attributes } = message;
    try {
      return await withCorrelationId(attributes.correlationId || messageId, () => work(message));
    } catch (error) {
      logger.warn('message.failed', { messageId, receiveCount, reason: reasonOf(error) });
      return 'leave';
    }
  }

  /** What the queue did not take comes again, and its work is known to stand then. */
  private async settle(
    name: 'removed' | 'released',
    receipts: readonly string[],
    call: (receipts: readonly string[]) => Promise<void>,
  ): Promise<void> {
    if (receipts.length === 0) return;
    try {
      await call(receipts);
    } catch (error) {
      this.options.logger.warn(`messages.not-${name}`, { count: receipts.length, reason: reasonOf(error) });
    }
  }

  /** Keeps messages hidden while they are in work. */
  private keepHidden(inWork: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    const { clock, queue, logger, visibilitySeconds, longestWorkSeconds = 900 } = this.options;
    const pauseMilliseconds = (visibilitySeconds * 1000) / 3;
    const until = clock.monotonic() + longestWorkSeconds * 1000;
    const onError = (error: unknown) => logger.warn('messages.not-hidden', { reason: reasonOf(error) });
    let first = true;
    return loop({ clock, signal, pauseMilliseconds, onError }, async () => {
      if (!first && inWork.size > 0 && clock.monotonic() < until)
        await queue.extend([...inWork], visibilitySeconds);
      first = false;
      return undefined;
    });
  }
}
