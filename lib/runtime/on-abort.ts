const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back once when the signal aborts, and never when it has aborted already. However many wait, the signal bears one
 * listener: a process hangs a loop for each of its duties on one signal, and Node takes more than ten listeners for a leak.
 *
 * @returns a function that stops waiting
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const others = waiting.get(signal) ?? listen(signal);
  // Wrapped, so that who waits twice with one function is called twice.
  const entry = () => callback();
  others.add(entry);
  return () => void others.delete(entry);
}

function listen(signal: AbortSignal): Set<() => void> {
  const callbacks = new Set<() => void>();
  const callAll = () => {
    for (const callback of callbacks) callback();
    callbacks.clear();
  };
  signal.addEventListener('abort', callAll, { once: true });
  waiting.set(signal, callbacks);
  return callbacks;
}
