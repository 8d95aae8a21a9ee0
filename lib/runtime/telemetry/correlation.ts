import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<string>();
const ACCEPTED = /^[\w.:-]{1,128}$/;

/** Runs `work` so that everything it logs and sends carries the correlation id. */
export function withCorrelationId<T>(id: string, work: () => T): T {
  return storage.run(id, work);
}

/** The correlation id of the request or message in hand, if there is one. */
export function correlationId(): string | undefined {
  return storage.getStore();
}

/** The id that a caller sent when it can be trusted in a log line, else a new one. */
export function acceptCorrelationId(received: string | undefined, make: () => string): string {
  return received !== undefined && ACCEPTED.test(received) ? received : make();
}
