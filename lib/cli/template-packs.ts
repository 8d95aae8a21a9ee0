import path from 'node:path';
import type { Verdict } from '../rules';
import { runChild } from './child';
import type { CommandContext } from './context';

/** The packs that can judge a plain template; the others than `dependability` are cdk-nag's. */
export const TEMPLATE_PACKS = ['dependability', 'aws-solutions', 'nist'] as const;
/** Name of such a pack. */
export type TemplatePack = (typeof TEMPLATE_PACKS)[number];

/** What was asked: a file, and the packs that shall judge it. */
export interface TemplateCheckRequest {
  readonly template: string;
  /** @default - `dependability` alone */
  readonly pack?: readonly string[];
}

/** What one pack said of a template, or why it could not. */
export type PackOutcome =
  | ({ readonly pack: string } & Verdict)
  | { readonly pack: string; readonly reason: string };

/**
 * Runs packs of cdk-nag on a template, in a process of their own: the command itself never loads the CDK. A pack that
 * could not run is an outcome with its reason, never a clean one.
 *
 * @param file absolute path of the template
 */
export async function runCdkPacks(
  context: CommandContext,
  file: string,
  packs: readonly string[],
): Promise<readonly PackOutcome[]> {
  const entry = path.join(context.installRoot, 'dist', 'bin', 'template-packs.js');
  const { exitCode, stdout, stderr } = await runChild(process.execPath, [entry, file, ...packs], {
    cwd: context.projectRoot,
    env: { ...context.environment },
    signal: context.signal,
  });
  if (exitCode === 0) return JSON.parse(stdout) as readonly PackOutcome[];
  const reason = reasonOf(stderr) ?? `the process of the packs ended with code ${exitCode}`;
  return packs.map(pack => ({ pack, reason }));
}

/** The first line of an error that says something: neither source nor stack. */
const reasonOf = (text: string): string | undefined =>
  text.split('\n').find(line => /^\w*Error\b.*:/.test(line));
