import { getEventListeners } from 'node:events';
import { systemClock } from '../../lib/runtime/clock';
import { onAbort } from '../../lib/runtime/on-abort';

describe('waiting for an abort', () => {
  test('GIVEN fifty loops asleep on one signal WHEN they wait THEN it bears one listener, and each wakes at its abort', async () => {
    const controller = new AbortController();
    const warnings: string[] = [];
    const warn = ({ name }: Error) => warnings.push(name);
    process.on('warning', warn);
    const sleeps = Array.from({ length: 50 }, () => systemClock.sleep(60_000, controller.signal));
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    await new Promise(resolve => setImmediate(resolve));
    process.off('warning', warn);
    expect(warnings).toEqual([]);
    controller.abort();
    for (const result of await Promise.allSettled(sleeps)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'aborted' } });
    }
  });

  test('GIVEN a sleep that ended by itself WHEN the signal aborts later THEN nobody is called', async () => {
    const controller = new AbortController();
    await systemClock.sleep(1, controller.signal);
    const calls: string[] = [];
    const letGo = onAbort(controller.signal, () => calls.push('let go'));
    onAbort(controller.signal, () => calls.push('waits'));
    letGo();
    controller.abort();
    expect(calls).toEqual(['waits']);
  });

  test('GIVEN one function that waits twice WHEN one of both lets go THEN it is called once', () => {
    const controller = new AbortController();
    let calls = 0;
    const callback = () => {
      calls += 1;
    };
    const letGo = onAbort(controller.signal, callback);
    onAbort(controller.signal, callback);
    letGo();
    controller.abort();
    expect(calls).toBe(1);
  });

  test('GIVEN a signal that has aborted WHEN one sleeps on it THEN it rejects at once', async () => {
    await expect(systemClock.sleep(60_000, AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
  });
});
