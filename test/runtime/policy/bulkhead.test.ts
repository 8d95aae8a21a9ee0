import fc from 'fast-check';
import { Bulkhead } from '../../../lib/runtime/policy/bulkhead';
import { Cancellation } from '../../../lib/runtime/policy/cancellation';

test('waiters come in by order of arrival, and one too many is refused at once', async () => {
  const bulkhead = new Bulkhead({ limit: 1, queue: 2 });
  const order: number[] = [];
  expect(bulkhead.tryEnter()).toBe(true);
  const waits = [1, 2].map(number => bulkhead.wait(new Cancellation()).then(() => order.push(number)));
  await expect(bulkhead.wait(new Cancellation())).rejects.toMatchObject({ code: 'unavailable' });
  bulkhead.leave();
  expect([bulkhead.running, bulkhead.waiting]).toEqual([1, 1]);
  bulkhead.leave();
  bulkhead.leave();
  await Promise.all(waits);
  expect(order).toEqual([1, 2]);
  expect([bulkhead.running, bulkhead.waiting]).toEqual([0, 0]);
});

test.each([{ limit: 0 }, { limit: 1.5 }, { limit: 1, queue: -1 }])('%j is no bulkhead', options => {
  expect(() => new Bulkhead(options)).toThrow(RangeError);
});

test('in no interleaving of entering, leaving and giving up are the bounds passed or a slot lost', async () => {
  const step = fc.record({ kind: fc.constantFrom('enter', 'leave', 'cancel', 'yield'), pick: fc.nat() });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 0, max: 3 }),
      fc.array(step, { maxLength: 60 }),
      async (limit, queue, steps) => {
        const bulkhead = new Bulkhead({ limit, queue });
        let holding = 0;
        const calls: Cancellation[] = [];
        const check = () => {
          expect(bulkhead.running).toBeLessThanOrEqual(limit);
          expect(bulkhead.waiting).toBeLessThanOrEqual(queue);
          expect(holding).toBeLessThanOrEqual(bulkhead.running);
          if (bulkhead.waiting > 0) expect(bulkhead.running).toBe(limit);
        };
        const enter = () => {
          if (bulkhead.tryEnter()) {
            holding += 1;
            return;
          }
          const call = new Cancellation();
          calls.push(call);
          void bulkhead.wait(call).then(
            () => {
              if (call.cancelled) bulkhead.leave();
              else holding += 1;
            },
            () => undefined,
          );
        };
        for (const { kind, pick } of steps) {
          if (kind === 'enter') enter();
          else if (kind === 'leave' && holding > 0) {
            holding -= 1;
            bulkhead.leave();
          } else if (kind === 'cancel' && calls.length > 0) calls[pick % calls.length]?.cancel('given up');
          else await null;
          check();
        }
        for (const call of calls) call.cancel('the end');
        for (let turn = 0; turn < 5; turn += 1) await null;
        while (holding > 0) {
          holding -= 1;
          bulkhead.leave();
        }
        expect([bulkhead.running, bulkhead.waiting]).toEqual([0, 0]);
      },
    ),
    { numRuns: 300 },
  );
});
