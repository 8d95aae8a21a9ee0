import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '../../helpers/sources';

interface Step {
  readonly name: string;
  readonly id?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

/** How the steps of the action went. */
export interface ActionRun {
  readonly exitCode: number;
  /** Of each step that ran, what it printed. */
  readonly log: string;
  readonly summary: string;
  readonly outputs: Readonly<Record<string, string>>;
}

const action = parse(readFileSync(path.join(ROOT, 'action.yml'), 'utf8')) as Action;

/**
 * The steps of `action.yml` as GitHub's runner goes through them: each in bash with `-e -o pipefail`, its `env` filled
 * in from inputs and outputs of steps, until one fails. Steps of other actions are left out.
 *
 * @param given inputs; the others have their defaults
 * @param environment what the runner gives, the API's address among it
 */
export async function runAction(
  folder: string,
  given: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>>,
): Promise<ActionRun> {
  const files = ['output', 'summary'].map(name => path.join(folder, `github-${name}`));
  const [output = '', summary = ''] = files;
  mkdirSync(folder, { recursive: true });
  for (const file of files) writeFileSync(file, '');
  const inputs = Object.fromEntries(
    Object.entries(action.inputs).map(([name, each]) => [
      name,
      given[name] ?? (each.default ?? '').replace(/\$\{\{ github\.token \}\}/, 'secret-token'),
    ]),
  );
  const steps: Record<string, Record<string, string>> = {};
  const value = (text: string) =>
    text.replace(/\$\{\{\s*([\w.-]+)\s*\}\}/g, (_all, expression: string) => {
      const [root = '', name = '', , key = ''] = expression.split('.');
      if (root === 'inputs') return inputs[name] ?? '';
      if (root === 'steps') return steps[name]?.[key] ?? '';
      throw new Error(`the action asks for ${expression}, which the test does not know`);
    });
  let log = '';
  let exitCode = 0;
  for (const step of action.runs.steps) {
    if (step.run === undefined) continue;
    writeFileSync(output, '');
    const env = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, text]) => [name, value(text)]));
    const done = await bash(step.run, folder, {
      ...environment,
      ...env,
      ...{ GITHUB_ACTION_PATH: ROOT, GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary },
    });
    log += done.text;
    if (step.id !== undefined) steps[step.id] = outputsIn(readFileSync(output, 'utf8'));
    exitCode = done.exitCode;
    if (exitCode !== 0) break;
  }
  const outputs = Object.entries(action.outputs).map(([name, each]) => [name, value(each.value)] as const);
  return { exitCode, log, summary: readFileSync(summary, 'utf8'), outputs: Object.fromEntries(outputs) };
}

const outputsIn = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/^([\w-]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );

function bash(
  script: string,
  cwd: string,
  environment: Readonly<Record<string, string>>,
): Promise<{ exitCode: number; text: string }> {
  const env = { PATH: process.env.PATH, HOME: cwd, ...environment };
  const child = spawn('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', script], { cwd, env });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => resolve({ exitCode: code ?? 1, text }));
  });
}
