import { RuntimeError } from './errors';
import { onAbort } from './on-abort';

/**
 * Runs `work` with a signal that aborts after `milliseconds`, or with `signal`. What ran out of time rejects as
 * `unavailable` and says so, instead of the SDK's bare "request aborted".
 */
export async function limited<T>(
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    controller.abort();
  }, milliseconds);
  // By hand, since AbortSignal.any on a signal that lives as long as the process keeps every call's memory.
  const letGo = signal && onAbort(signal, abort);
  if (signal?.aborted) abort();
  try {
    return await work(controller.signal);
  } catch (cause) {
    if (!late) throw cause;
    throw new RuntimeError('unavailable', `no answer within ${Math.round(milliseconds)} ms`, [], { cause });
  } finally {
    clearTimeout(timer);
    letGo?.();
  }
}
