const retried = new WeakSet<object>();

/** Notes that retries of this error were used up, or not to be had: no layer above is to try again. */
export function markRetried(error: unknown): void {
  if (typeof error === 'object' && error !== null) retried.add(error);
}

/** Whether a layer below has retried this error, or the answer that it came with says so. */
export function wasRetried(error: unknown): boolean {
  return typeof error === 'object' && error !== null && retried.has(error);
}
