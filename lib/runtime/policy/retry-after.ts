/**
 * Milliseconds that a `Retry-After` header asks to wait; undefined when it does not say so readably. A date is read
 * only with `now`, the wall-clock time to measure it from (RFC 9110, 10.2.3).
 */
export function retryAfterMilliseconds(header: string | null | undefined, now?: Date): number | undefined {
  if (header === null || header === undefined) return undefined;
  const text = header.trim();
  if (/^\d{1,7}$/.test(text)) return Number(text) * 1000;
  const instant = now === undefined || !/^[A-Z][a-z]{2}, /.test(text) ? Number.NaN : Date.parse(text);
  return now === undefined || Number.isNaN(instant) ? undefined : Math.max(0, instant - now.getTime());
}
