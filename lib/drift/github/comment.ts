import { HoldfastError } from '../../errors';
import { markerOf } from '../report/markdown';
import type { GitHubApi } from './api';

/** What became of a comment. */
export interface Posted {
  readonly done: 'created' | 'updated' | 'unchanged';
  readonly url: string;
}

/** Whose comment it is. */
export interface CommentOptions {
  /** Number of the pull request. */
  readonly number: number;
  /** Name of the comment. @default 'drift' */
  readonly key?: string;
  /** Login that the token acts as; only its comments are touched. @default 'github-actions[bot]' */
  readonly author?: string;
}

/** The login that a workflow's own token acts as. */
export const ACTIONS_BOT = 'github-actions[bot]';

/**
 * Puts the one comment of that name into a pull request, or updates it in place; what is there already is left as it
 * is. Nothing is ever deleted, and no comment of anyone else is touched, whatever it contains.
 *
 * @param body begins with the marker of the key
 * @throws HoldfastError as {@link GitHubApi.send}
 */
export async function postComment(api: GitHubApi, body: string, options: CommentOptions): Promise<Posted> {
  const known = await findComment(api, options);
  if (known !== undefined) {
    if (known.body === body) return { done: 'unchanged', url: known.url };
    try {
      const updated = await api.send('PATCH', `issues/comments/${known.id}`, { body });
      return { done: 'updated', url: String(updated.html_url) };
    } catch (error) {
      if (!(error instanceof HoldfastError && error.code === 'not-found')) throw error; // deleted meanwhile
    }
  }
  return create(api, body, options);
}

/** A creation whose answer was lost may have happened: it is looked for before it is tried again. */
async function create(api: GitHubApi, body: string, options: CommentOptions): Promise<Posted> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const created = await api.send('POST', `issues/${options.number}/comments`, { body });
      return { done: 'created', url: String(created.html_url) };
    } catch (error) {
      if (!(error instanceof HoldfastError && error.code === 'unavailable') || attempt === 3) throw error;
      const found = await findComment(api, options);
      if (found !== undefined) return { done: 'created', url: found.url };
    }
  }
}

async function findComment(api: GitHubApi, { number, key, author = ACTIONS_BOT }: CommentOptions) {
  const marker = `${markerOf(key)}\n`;
  for (const { id, body, user, html_url } of await api.list(`issues/${number}/comments`)) {
    // GitHub gives line ends back as it pleases.
    const text = String(body ?? '').replace(/\r\n/g, '\n');
    const ours = (user as { login?: unknown } | null)?.login === author;
    if (ours && text.startsWith(marker)) return { id: Number(id), body: text, url: String(html_url) };
  }
  return undefined;
}
