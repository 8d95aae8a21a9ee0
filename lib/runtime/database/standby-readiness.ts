import { limited } from '../limit';

/**
 * Whether a Region could serve once promoted, by its own `/readyz`: it must answer 200, be ready, and take itself for
 * the standby. Rejects when there is no answer.
 */
export async function standbyIsReady(url: string, timeoutMilliseconds: number): Promise<boolean> {
  return limited(timeoutMilliseconds, async signal => {
    const answer = await fetch(url, { signal, redirect: 'error' });
    const body = (await answer.json()) as { readonly ready?: unknown; readonly role?: unknown } | null;
    return answer.status === 200 && body?.ready === true && body.role === 'standby';
  });
}
