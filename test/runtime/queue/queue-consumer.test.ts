import type { IncomingMessage } from '../../../lib/runtime/queue/queue';
import { type ConsumerLimits, type Fate, QueueConsumer } from '../../../lib/runtime/queue/queue-consumer';
import { silentLogger } from '../../../lib/runtime/telemetry/logger';
import { VirtualClock } from '../../helpers/virtual-clock';

/** A queue that always has more, and a consumer whose work lasts as long as a test says. */
class World {
  readonly clock = new VirtualClock();
  readonly stop = new AbortController();
  limits: ConsumerLimits = { paused: false, perSecond: 10_000, maximumInFlight: 20 };
  ready = true;
  /** How many messages each receive asked for. */
  readonly asked: number[] = [];
  readonly removed: string[] = [];
  readonly released: string[] = [];
  readonly extended: string[][] = [];
  working = 0;
  mostWorking = 0;
  left = 1_000_000;
  /** What a receive waits for before it answers. */
  beforeAnswer: () => void = () => undefined;
  work: () => Promise<Fate> = async () => {
    await this.clock.sleep(100);
    return 'remove';
  };
  readonly consumer = new QueueConsumer({
    clock: this.clock,
    logger: silentLogger,
    ready: () => this.ready,
    limits: () => this.limits,
    waitSeconds: 5,
    pauseMilliseconds: 1000,
    visibilitySeconds: 30,
    longestWorkSeconds: 60,
    work: async () => {
      this.working += 1;
      this.mostWorking = Math.max(this.mostWorking, this.working);
      return this.work().finally(() => {
        this.working -= 1;
      });
    },
    queue: {
      receive: async (_wait, signal, most = 10) => {
        this.asked.push(most);
        await this.clock.sleep(10, signal);
        this.beforeAnswer();
        const count = Math.min(most, this.left);
        this.left -= count;
        return Array.from({ length: count }, (_, index) => this.message(`${this.asked.length}-${index}`));
      },
      remove: async receipts => void this.removed.push(...receipts),
      release: async receipts => void this.released.push(...receipts),
      extend: async receipts => void this.extended.push([...receipts]),
    },
  });

  run(): Promise<void> {
    return this.consumer.run(this.stop.signal);
  }

  private message(receipt: string): IncomingMessage {
    return { messageId: receipt, receipt, body: '{}', attributes: {}, receiveCount: 1 };
  }
}

test('takes no more than there is room for, and all that there is room for', async () => {
  const world = new World();
  world.limits = { ...world.limits, maximumInFlight: 13 };
  const ended = world.run();
  await world.clock.advance(2000);
  expect(world.mostWorking).toBe(13);
  expect(Math.max(...world.asked)).toBeLessThanOrEqual(10);
  expect(world.removed.length).toBeGreaterThan(150);
  world.stop.abort();
  await world.clock.advance(2000);
  await ended;
});

test('what is behind slows it down: fewer receives while it fails, and as many as before when it works', async () => {
  const world = new World();
  const { work } = world;
  world.work = async () => 'leave';
  const ended = world.run();
  await world.clock.advance(30_000);
  const receives = world.asked.length;
  expect(receives).toBeLessThan(20);
  expect(world.asked.at(-1)).toBe(1);
  world.work = work;
  await world.clock.advance(60_000);
  expect(world.mostWorking).toBe(20);
  world.stop.abort();
  await world.clock.advance(20_000);
  await ended;
});

test('slow work means fewer receives, not more work', async () => {
  const world = new World();
  world.work = async () => {
    await world.clock.sleep(10_000);
    return 'remove';
  };
  const ended = world.run();
  await world.clock.advance(9000);
  expect(world.asked.length).toBeLessThanOrEqual(3);
  expect(world.mostWorking).toBe(20);
  world.stop.abort();
  await world.clock.advance(60_000);
  await ended;
});

test('a pause takes effect within a poll: what a poll in hand brings goes back unworked, and nothing more is asked for', async () => {
  const world = new World();
  world.beforeAnswer = () => {
    world.limits = { ...world.limits, paused: true };
  };
  const ended = world.run();
  await world.clock.advance(5000);
  expect(world.mostWorking).toBe(0);
  expect(world.released).toHaveLength(10);
  expect(world.asked).toHaveLength(1);
  world.beforeAnswer = () => undefined;
  world.limits = { ...world.limits, paused: false };
  await world.clock.advance(2000);
  expect(world.removed.length).toBeGreaterThan(0);
  world.stop.abort();
  await world.clock.advance(2000);
  await ended;
});

test('a standby takes nothing', async () => {
  const world = new World();
  world.ready = false;
  expect(await world.consumer.consume(world.stop.signal)).toBe(false);
  expect(world.asked).toEqual([]);
});

test('a rate holds, and another one takes effect within a poll', async () => {
  const world = new World();
  world.limits = { ...world.limits, perSecond: 5 };
  const ended = world.run();
  await world.clock.advance(10_000);
  expect(world.removed.length).toBeGreaterThan(45);
  expect(world.removed.length).toBeLessThanOrEqual(55);
  const before = world.removed.length;
  world.limits = { ...world.limits, perSecond: 50 };
  await world.clock.advance(10_000);
  expect(world.removed.length - before).toBeGreaterThan(400);
  expect(world.removed.length - before).toBeLessThanOrEqual(560);
  world.stop.abort();
  await world.clock.advance(2000);
  await ended;
});

test('BP-14: work that lasts keeps its messages hidden, and work that hangs gives them up', async () => {
  const world = new World();
  world.left = 2;
  let finish: (fate: Fate) => void = () => undefined;
  world.work = () => {
    return new Promise(resolve => {
      finish = resolve;
    });
  };
  const ended = world.run();
  await world.clock.advance(25_000);
  expect(world.extended).toEqual([
    ['1-0', '1-1'],
    ['1-0', '1-1'],
  ]);
  finish('remove');
  await world.clock.advance(10_000);
  // Whichever of the two is done is hidden no longer.
  expect(world.extended.at(-1)).toHaveLength(1);
  await world.clock.advance(120_000);
  expect(world.extended.length).toBeLessThanOrEqual(6);
  world.stop.abort();
  void ended;
});

test('BP-21: a stop takes nothing more and waits for what is in work', async () => {
  const world = new World();
  const ended = world.run();
  await world.clock.advance(15);
  expect(world.working).toBe(10);
  world.stop.abort();
  let over = false;
  void ended.then(() => {
    over = true;
  });
  await world.clock.advance(50);
  expect(over).toBe(false);
  await world.clock.advance(100);
  expect(over).toBe(true);
  expect(world.removed).toHaveLength(10);
});

test('messages that were worked but not removed, and a queue that is away, end nothing', async () => {
  const world = new World();
  let calls = 0;
  world.beforeAnswer = () => {
    calls += 1;
    if (calls === 1) throw new Error('away');
  };
  const ended = world.run();
  await world.clock.advance(3000);
  expect(calls).toBeGreaterThan(1);
  expect(world.removed.length).toBeGreaterThan(0);
  world.stop.abort();
  await world.clock.advance(3000);
  await ended;
});
