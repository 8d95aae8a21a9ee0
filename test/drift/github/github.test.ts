import { GitHubApi } from '../../../lib/drift/github/api';
import { postComment } from '../../../lib/drift/github/comment';
import { fileIssues } from '../../../lib/drift/github/issues';
import { markdown } from '../../../lib/drift/report/markdown';
import { reportOf } from '../../../lib/drift/verdict';
import type { Clock } from '../../../lib/ports';
import { findingWith } from '../report/findings';
import { GitHubServer } from './server';

let server: GitHubServer;
let baseUrl: string;
let slept: number[];
beforeEach(async () => {
  server = new GitHubServer();
  baseUrl = await server.start();
  slept = [];
});
afterEach(() => server.stop());

const clock: Clock = {
  now: () => new Date(1_000_000_000_000),
  monotonic: () => 0,
  sleep: async milliseconds => {
    slept.push(milliseconds / 1000);
  },
};
const api = () => new GitHubApi({ baseUrl, token: 'secret', repository: 'o/r', clock });
const body = markdown(reportOf(1, [findingWith()]));
const post = (text = body) => postComment(api(), text, { number: 7 });
const LIMIT = {
  message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
};

describe('the comment', () => {
  test('is made once, left alone while it is the same, and then updated in place', async () => {
    expect(await post()).toEqual({ done: 'created', url: 'https://github.com/o/r/pull/7#101' });
    expect((await post()).done).toBe('unchanged');
    const other = markdown(reportOf(2, []));
    expect((await post(other)).done).toBe('updated');
    expect(server.comments.map(each => each.body)).toEqual([other]);
    expect(server.changes()).toEqual(['POST issues/7/comments', 'PATCH issues/comments/101']);
    expect(new Set(server.asked.map(each => each.authorization))).toEqual(new Set(['Bearer secret']));
  });

  test('is found on a later page, and with the line ends that GitHub gives', async () => {
    for (let at = 0; at < 5; at += 1) server.comment(`talk ${at}`, 'ann');
    const ours = server.comment(body.replaceAll('\n', '\r\n'));
    expect((await post()).done).toBe('unchanged');
    expect((await post(`${body}more`)).done).toBe('updated');
    expect(ours.body).toBe(`${body}more`);
  });

  test("of anyone else is never touched, though it has the marker, and neither is one of another key's", async () => {
    server.comment(body, 'mallory');
    server.comment(body.replace('holdfast:drift ', 'holdfast:drift-2 '));
    server.comment(`see this: ${body}`);
    expect((await post()).done).toBe('created');
    expect(server.changes()).toEqual(['POST issues/7/comments']);
  });

  test('that was deleted meanwhile is made anew', async () => {
    server.comment('older');
    server.comment(markdown(reportOf(2, [])));
    server.faults = [
      { status: 200, body: server.comments },
      { status: 404, body: { message: 'Not Found' } },
    ];
    expect((await post()).done).toBe('created');
  });

  test('whose creation was answered with an error after it happened is not made twice', async () => {
    server.faults = [
      { status: 200, body: [] },
      { status: 502, acted: true },
    ];
    expect((await post()).done).toBe('created');
    expect(server.comments).toHaveLength(1);
  });

  test('whose creation did not happen is tried again', async () => {
    server.faults = [{ status: 200, body: [] }, { status: 503 }];
    expect((await post()).done).toBe('created');
    expect(server.comments).toHaveLength(1);
  });
});

describe('GitHub', () => {
  test('is asked again after an error of its own and after limits, for as long as it says', async () => {
    server.faults = [
      { status: 500 },
      { status: 403, headers: { 'retry-after': '7' }, body: LIMIT },
      { status: 403, body: LIMIT },
      { status: 429, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1000000011' } },
    ];
    expect((await post()).done).toBe('created');
    expect(slept).toEqual([1, 7, 45, 11]);
  });

  test('that limits a creation has not acted, so it is sent again', async () => {
    server.faults = [
      { status: 200, body: [] },
      { status: 403, headers: { 'retry-after': '3' }, body: LIMIT },
    ];
    expect((await post()).done).toBe('created');
    expect(server.comments).toHaveLength(1);
    expect(slept).toEqual([3]);
  });

  test.each([
    [
      'without permission',
      { status: 403, body: { message: 'Resource not accessible by integration' } },
      'refused',
      'pull-requests: write',
    ],
    ['with a bad token', { status: 401, body: { message: 'Bad credentials' } }, 'refused', 'Bad credentials'],
    [
      'without such a pull request',
      { status: 404, body: { message: 'Not Found' } },
      'not-found',
      'look at the repository',
    ],
    [
      'with a limit that lasts an hour',
      { status: 403, headers: { 'retry-after': '3600' }, body: LIMIT },
      'refused',
      'rate limit',
    ],
    ['with nonsense', { status: 200, body: { a: 1 } }, 'unavailable', 'is no list'],
    [
      'with a next page elsewhere',
      { status: 200, body: [], headers: { link: '<https://evil.example/x>; rel="next"' } },
      'unavailable',
      'evil.example',
    ],
    [
      'with a redirect',
      { status: 301, headers: { location: 'https://evil.example/' } },
      'unavailable',
      'does not answer',
    ],
  ])('%s is a clear error', async (_what, fault, code, said) => {
    server.faults = Array.from({ length: 5 }, () => fault);
    await expect(post()).rejects.toMatchObject({ code, message: expect.stringContaining(said) });
    expect(server.changes()).toEqual([]);
  });

  test('that is down is given up after five attempts', async () => {
    server.faults = Array.from({ length: 9 }, () => ({ status: 503 }));
    await expect(post()).rejects.toMatchObject({ code: 'unavailable' });
    expect(slept).toEqual([1, 2, 4, 8]);
  });

  test.each([['o/r/../../x'], ['o'], ['']])('has no repository %j', repository => {
    expect(() => new GitHubApi({ baseUrl, token: 't', repository, clock })).toThrow('is no repository');
  });
});

describe('issues', () => {
  const of = (stack: string, more: Parameters<typeof findingWith>[0] = {}) => findingWith({ stack, ...more });
  const GIVEN = ['a', 'b'].map(stack => ({ stack, region: 'us-east-2' }));
  const file = (...findings: ReturnType<typeof findingWith>[]) =>
    fileIssues(api(), reportOf(9, findings, undefined, GIVEN));
  const done = async (filed: ReturnType<typeof file>) => (await filed).map(each => each.done).sort();

  test('one a stack: opened, left alone, updated, closed and reopened', async () => {
    expect(await done(file(of('a'), of('b'), of('b', { resource: 'Two' })))).toEqual(['opened', 'opened']);
    expect(server.asked.at(-1)?.body).toMatchObject({ labels: ['drift'], title: 'Drift in b (us-east-2)' });
    expect(await done(file(of('a'), of('b')))).toEqual(['unchanged', 'updated']);
    expect(await done(file(of('a')))).toEqual(['closed', 'unchanged']);
    expect(server.issues.map(each => each.state)).toEqual(['open', 'closed']);
    expect(await done(file(of('a')))).toEqual(['unchanged']);
    expect(await done(file(of('a'), of('b')))).toEqual(['reopened', 'unchanged']);
    expect(server.issues.map(each => each.state)).toEqual(['open', 'open']);
  });

  test('noise and what is expected open none; what could not be checked does', async () => {
    expect(await done(file(of('a', { class: 'noise' }), of('b', { class: 'expected' })))).toEqual([]);
    expect(await done(file(of('a', { class: 'unchecked' })))).toEqual(['opened']);
  });

  test('a run in which a source could not be read closes none', async () => {
    await file(of('a'));
    const unread = findingWith({ stack: 'a.json', class: 'unchecked', type: '-', region: '-' });
    expect(await done(file(unread))).toEqual(['opened']);
    expect(await done(fileIssues(api(), reportOf(0, [])))).toEqual([]);
    expect(server.issues.map(each => each.state)).toEqual(['open', 'open']);
  });

  test('a run closes none of a stack that it was not given', async () => {
    await file(of('a'), of('b'), of('b', { region: 'us-west-2' }));
    const given = (region: string, stack: string) =>
      fileIssues(api(), reportOf(9, [], undefined, [{ region, stack }]));
    expect(await done(given('us-east-2', 'c'))).toEqual([]);
    expect(await done(fileIssues(api(), reportOf(9, [])))).toEqual([]);
    expect(await done(given('us-east-2', 'a'))).toEqual(['closed']);
    expect(server.issues.map(each => each.state)).toEqual(['closed', 'open', 'open']);
    // A plan speaks of whatever Region its stack is in.
    expect(await done(given('-', 'b'))).toEqual(['closed', 'closed']);
  });

  test('of anyone else are never touched, and neither are pull requests', async () => {
    await file(of('a'));
    const [ours] = server.issues;
    server.issues = [
      { ...ours, number: 1, user: { login: 'mallory' } } as never,
      { ...ours, number: 2, pull_request: {} } as never,
    ];
    expect(await done(fileIssues(api(), reportOf(3, [], undefined, GIVEN)))).toEqual([]);
  });
});
