import { appendFileSync } from 'node:fs';
import {
  type DriftReport,
  fileIssues,
  GitHubApi,
  markdown,
  postComment,
  readJsonFile,
  readReport,
  stepSummary,
} from '../../drift';
import { HoldfastError } from '../../errors';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT } from '../context';
import { lastReport } from './drift';

/** Options of `holdfast drift publish`. */
export interface PublishOptions extends CommonOptions {
  readonly report?: string;
  readonly to: 'summary' | 'comment' | 'issues';
  readonly pullRequest?: string;
  readonly commentKey: string;
  readonly label: string;
  readonly author: string;
  readonly whole?: string;
}

/** Puts a report where a workflow shows it, and says what became of it. The verdict is the run's, not this one's. */
export async function publish(context: CommandContext, options: PublishOptions): Promise<CommandResult> {
  const report = readReport(options.report ?? lastReport(context));
  const published = await put(context, report, { ...options, whole: options.whole ?? runOf(context) });
  const text = published.map(({ done, url }) => `${done} ${url}`).join('\n') || 'nothing to publish';
  const document = { version: 1, published };
  return { exitCode: EXIT.good, document, text };
}

interface Published {
  readonly done: string;
  readonly url: string;
}

async function put(
  context: CommandContext,
  report: DriftReport,
  options: PublishOptions,
): Promise<readonly Published[]> {
  const { whole, author, label, commentKey: key } = options;
  if (options.to === 'summary') {
    const file = needed(context, 'GITHUB_STEP_SUMMARY');
    appendFileSync(file, `${stepSummary(report, { whole })}\n`);
    return [{ done: 'written', url: file }];
  }
  const { clock, signal, environment } = context;
  const api = new GitHubApi({
    ...{ clock, signal, token: needed(context, 'GITHUB_TOKEN') },
    repository: needed(context, 'GITHUB_REPOSITORY'),
    baseUrl: environment.GITHUB_API_URL ?? 'https://api.github.com',
  });
  if (options.to === 'issues') return fileIssues(api, report, { label, author, whole });
  const number = pullRequestOf(context, options.pullRequest);
  return [await postComment(api, markdown(report, { key, whole }), { number, key, author })];
}

function pullRequestOf({ environment }: CommandContext, given: string | undefined): number {
  const event = environment.GITHUB_EVENT_PATH;
  const number = given === undefined && event !== undefined ? numberIn(event) : Number(given);
  if (Number.isInteger(number) && number > 0) return number;
  const fix = 'run on pull_request, or give --pull-request';
  throw invalid('--pull-request', 'no pull request is known', fix);
}

function numberIn(eventFile: string): number {
  const event = readJsonFile(eventFile) as { readonly pull_request?: { readonly number?: unknown } } | null;
  return Number(event?.pull_request?.number);
}

function needed({ environment }: CommandContext, name: string): string {
  const value = environment[name];
  if (value !== undefined && value !== '') return value;
  throw invalid(name, 'is not in the environment', 'run it in a GitHub workflow, with `env:` for the token');
}

/** The page of the workflow's run, where the artifacts are. */
function runOf({ environment }: CommandContext): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = environment;
  return server && repository && run ? `${server}/${repository}/actions/runs/${run}` : undefined;
}

const invalid = (path: string, message: string, fix: string) =>
  new HoldfastError('invalid-input', 'the report cannot be published', [{ path, message, fix }]);
