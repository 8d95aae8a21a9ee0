import { EventEmitter } from 'node:events';
import type { RuntimeError } from '../../../lib/runtime/errors';
import {
  currentDeadline,
  type Deadline,
  remaining,
  withDeadline,
  withoutDeadline,
} from '../../../lib/runtime/policy/deadline';
import { VirtualClock } from '../../helpers/virtual-clock';

const never = () => new Promise<never>(() => undefined);
const code = (error: RuntimeError) => error.code;

describe('withDeadline', () => {
  test('the work sees what is left, through awaits, and it is over afterwards', async () => {
    const clock = new VirtualClock();
    const seen: number[] = [];
    const done = withDeadline(
      1000,
      async () => {
        seen.push(remaining());
        await clock.sleep(300);
        seen.push(remaining());
      },
      { clock },
    );
    await clock.advance(300);
    await done;
    expect(seen).toEqual([1000, 700]);
    expect(remaining()).toBe(Number.POSITIVE_INFINITY);
    expect(currentDeadline()).toBeUndefined();
  });

  test('an inner scope only ever shrinks the outer one', async () => {
    const clock = new VirtualClock();
    const seen: number[] = [];
    const look = async () => void seen.push(remaining());
    await withDeadline(
      1000,
      async () => {
        await withDeadline(200, look, { clock });
        await withDeadline(5000, look, { clock });
        await look();
      },
      { clock },
    );
    expect(seen).toEqual([200, 1000, 1000]);
  });

  test.each([
    ['its own time', 100, 1000],
    ['the time of the scope around it', 1000, 100],
  ])('work that does not listen is rejected when %s is over', async (_name, inner, outer) => {
    const clock = new VirtualClock();
    let caught: unknown;
    const done = withDeadline(
      outer,
      () =>
        withDeadline(inner, never, { clock }).catch(error => {
          caught = error;
          throw error;
        }),
      { clock },
    ).catch(code);
    await clock.advance(99);
    expect(caught).toBeUndefined();
    await clock.advance(1);
    expect(await done).toBe('deadline');
    expect((caught as RuntimeError).code).toBe('deadline');
  });

  test('the signal aborts with the same error, also for one who asks late', async () => {
    const clock = new VirtualClock();
    const early: AbortSignal[] = [];
    let deadline: Deadline | undefined;
    const done = withDeadline(
      50,
      inside => {
        deadline = inside;
        early.push(inside.signal);
        return never();
      },
      { clock },
    ).catch(error => error);
    await clock.advance(50);
    const error = await done;
    expect(early[0]?.reason).toBe(error);
    expect(deadline?.signal.aborted).toBe(true);
    expect(deadline?.remaining()).toBe(0);
  });

  test('nothing starts when there is no time left', async () => {
    const work = jest.fn(never);
    expect(await withDeadline(0, work, { clock: new VirtualClock() }).catch(code)).toBe('deadline');
    expect(await withDeadline(-5, work, { clock: new VirtualClock() }).catch(code)).toBe('deadline');
    expect(work).not.toHaveBeenCalled();
  });

  test('a client that goes away ends the scope and those inside with its own reason', async () => {
    const clock = new VirtualClock();
    const client = new AbortController();
    const inner = jest.fn();
    const done = withDeadline(1000, () => withDeadline(500, never, { clock }).catch(inner).then(never), {
      clock,
      signal: client.signal,
    });
    const gone = new Error('the client has gone');
    client.abort(gone);
    await expect(done).rejects.toBe(gone);
    expect(inner).toHaveBeenCalledWith(gone);
    await expect(withDeadline(5, never, { clock, signal: client.signal })).rejects.toBe(gone);
  });

  test('work that throws, at once or later, rejects with its own error', async () => {
    const broken = new Error('broken');
    const thrower = () => {
      throw broken;
    };
    await expect(withDeadline(10, thrower)).rejects.toBe(broken);
    await expect(withDeadline(10, () => Promise.reject(broken))).rejects.toBe(broken);
  });

  test('what outlives the request has no deadline', async () => {
    const seen = await withDeadline(1000, async () => withoutDeadline(() => remaining()));
    expect(seen).toBe(Number.POSITIVE_INFINITY);
  });

  test('neither a listener nor a timer is left, on any path', async () => {
    const clock = new VirtualClock();
    const signal = new AbortController().signal;
    const set = jest.spyOn(globalThis, 'setTimeout');
    const taken = jest.spyOn(globalThis, 'clearTimeout');
    let outer: Deadline | undefined;
    await withDeadline(60_000, async deadline => {
      outer = deadline;
      for (let turn = 0; turn < 20; turn += 1) {
        await withDeadline(1000, async () => turn, { signal });
        await withDeadline(1000, () => Promise.reject(new Error('broken')), { signal }).catch(
          () => undefined,
        );
      }
      const late = withDeadline(10, never, { clock, signal }).catch(code);
      await clock.advance(10);
      expect(await late).toBe('deadline');
      // Only the scope itself still listens to its own end.
      expect(deadline.listening).toBe(1);
    });
    expect(outer?.listening).toBe(0);
    expect(EventEmitter.getEventListeners(signal, 'abort')).toEqual([]);
    const back = new Set(taken.mock.calls.map(([timer]) => timer));
    expect(set.mock.results.length).toBeGreaterThan(40);
    expect(set.mock.results.filter(({ value }) => !back.has(value))).toEqual([]);
    set.mockRestore();
    taken.mockRestore();
  });
});
