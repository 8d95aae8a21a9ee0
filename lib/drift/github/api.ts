import { HoldfastError } from '../../errors';
import type { Clock } from '../../ports';

/** How GitHub is reached. */
export interface GitHubOptions {
  /** `https://api.github.com`, or that of an Enterprise server. */
  readonly baseUrl: string;
  /** Sent to `baseUrl` alone. */
  readonly token: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/** One answer. */
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

const ATTEMPTS = 5;
/** Longest wait for a limit to end; a job that sits longer is better run again. */
const LONGEST_WAIT_SECONDS = 120;
const TIMEOUT_MILLISECONDS = 30_000;
const MOST_PAGES = 100;

/** GitHub's REST API for one repository: as much of it as a report needs. */
export class GitHubApi {
  private readonly base: URL;

  /** @throws HoldfastError `invalid-input` for a repository or an address that is none */
  constructor(private readonly options: GitHubOptions) {
    if (!/^[\w.-]+\/[\w.-]+$/.test(options.repository)) {
      throw invalid('GITHUB_REPOSITORY', options.repository, 'is no repository', 'give owner/name');
    }
    if (!URL.canParse(options.baseUrl)) {
      throw invalid('GITHUB_API_URL', options.baseUrl, 'is no address', 'leave it out for github.com');
    }
    this.base = new URL(`${options.baseUrl.replace(/\/+$/, '')}/repos/${options.repository}/`);
  }

  /** Every item of a list, page by page. @throws HoldfastError as {@link send} */
  async list(path: string): Promise<readonly Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    const separator = path.includes('?') ? '&' : '?';
    let next: URL | undefined = new URL(`${path}${separator}per_page=100`, this.base);
    for (let page = 0; next !== undefined && page < MOST_PAGES; page += 1) {
      const answer: Answer = await this.request('GET', next);
      if (!Array.isArray(answer.body)) throw unavailable(`GitHub's answer to ${path} is no list`);
      items.push(...(answer.body as Record<string, unknown>[]));
      next = this.following(answer.headers.get('link'));
    }
    if (next !== undefined) throw unavailable(`${path} has more than ${MOST_PAGES} pages`);
    return items;
  }

  /**
   * Sends a change. A POST is repeated only when GitHub has said that it did not act.
   *
   * @throws HoldfastError `refused` without permission, `not-found`, or `unavailable` when GitHub does not answer
   */
  async send(method: 'POST' | 'PATCH', path: string, body: object): Promise<Record<string, unknown>> {
    const answer = await this.request(method, new URL(path, this.base), body);
    return (answer.body ?? {}) as Record<string, unknown>;
  }

  private async request(method: string, url: URL, body?: object): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.once(method, url, body);
      if (answer !== undefined && answer.status < 300) return answer;
      const limited = answer !== undefined && isLimit(answer);
      const unclear = answer === undefined || answer.status >= 500;
      const again = limited || (unclear && method !== 'POST');
      if (!again || attempt === ATTEMPTS) throw errorOf(method, url, answer);
      const seconds = limited ? this.secondsToWait(answer, attempt) : 2 ** (attempt - 1);
      if (seconds > LONGEST_WAIT_SECONDS) throw errorOf(method, url, answer);
      await this.options.clock.sleep(seconds * 1000, this.options.signal);
    }
  }

  /** One request; nothing when no answer came. */
  private async once(method: string, url: URL, body?: object): Promise<Answer | undefined> {
    const timeout = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
    const { signal, token } = this.options;
    try {
      const response = await fetch(url, {
        method,
        redirect: 'error', // a redirect could carry the token elsewhere
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
        headers: {
          accept: 'application/vnd.github+json',
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'user-agent': 'holdfast-drift',
          'x-github-api-version': '2022-11-28',
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: parsed(text) };
    } catch {
      if (signal?.aborted) throw new HoldfastError('aborted', 'interrupted while GitHub was asked');
      return undefined;
    }
  }

  private secondsToWait({ headers }: Answer, attempt: number): number {
    const after = headers.get('retry-after');
    if (after !== null && /^\d+$/.test(after)) return Number(after);
    const reset = Number(headers.get('x-ratelimit-reset') ?? Number.NaN);
    if (headers.get('x-ratelimit-remaining') === '0' && Number.isFinite(reset)) {
      return Math.max(1, Math.ceil(reset - this.options.clock.now().getTime() / 1000));
    }
    return Math.min(LONGEST_WAIT_SECONDS, 15 * attempt);
  }

  /** The next page, if it is on the same server: the token goes nowhere else. */
  private following(link: string | null): URL | undefined {
    const address = /<([^>]+)>\s*;\s*rel="next"/.exec(link ?? '')?.[1];
    if (address === undefined) return undefined;
    const next = new URL(address, this.base);
    if (next.origin === this.base.origin) return next;
    throw unavailable(`GitHub names a next page on another server, ${next.origin}`);
  }
}

/** The primary limit, or the secondary one, which comes as 403 too. */
function isLimit({ status, headers, body }: Answer): boolean {
  if (status === 429) return true;
  if (status !== 403) return false;
  const limit = headers.get('retry-after') !== null || headers.get('x-ratelimit-remaining') === '0';
  return limit || /rate limit/i.test(messageOf(body));
}

function errorOf(method: string, url: URL, answer: Answer | undefined): HoldfastError {
  const what = `${method} ${url.pathname}`;
  if (answer === undefined) return unavailable(`GitHub does not answer to ${what}`);
  const { status, body } = answer;
  const said = messageOf(body).slice(0, 300);
  if (status === 404) {
    const fix = 'look at the repository and the number, and whether the token may read them';
    return new HoldfastError('not-found', `GitHub has no ${url.pathname}`, [
      { path: what, message: said, fix },
    ]);
  }
  if (status === 401 || status === 403) {
    const fix =
      'give the job `permissions: pull-requests: write` (comments) or `issues: write`; a pull request from a fork has a token that only reads';
    return new HoldfastError('refused', `GitHub refuses ${what}`, [{ path: what, message: said, fix }]);
  }
  if (status >= 500 || status === 429) return unavailable(`GitHub answered ${status} to ${what}: ${said}`);
  return new HoldfastError('conflict', `GitHub answered ${status} to ${what}: ${said}`);
}

const messageOf = (body: unknown): string => {
  const message = (body as { message?: unknown } | undefined)?.message;
  return typeof message === 'string' ? message : 'no message';
};

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

const unavailable = (message: string) => new HoldfastError('unavailable', message);

const invalid = (path: string, received: string, message: string, fix: string) =>
  new HoldfastError('invalid-input', 'GitHub cannot be asked', [{ path, received, message, fix }]);
