import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { interleave, median, pairedRatio } from '../statistics';
import { markdownTable } from '../table';

/** Objects of the plan, each with so many characters of input: 5 MB as JSON. */
const OBJECTS = 2_100;
const CHARACTERS = 500;
/** Judging it may take this many times what writing it takes. */
const LIMIT = 1;

/**
 * `holdfast drift --plan` over a plan of 5 MB, beside `terraform show -json`, which writes it. Terraform is the one
 * that HOLDFAST_TERRAFORM names, or that the shell finds; without one the text says so.
 */
export async function benchPlan(root: string, rounds: number): Promise<string> {
  const terraform = process.env.HOLDFAST_TERRAFORM ?? 'terraform';
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-bench-plan-'));
  const environment = {
    ...process.env,
    CHECKPOINT_DISABLE: '1',
    TF_CLI_CONFIG_FILE: path.join(folder, 'rc'),
  };
  const terraformRun = (...words: string[]) =>
    execFileSync(terraform, words, { cwd: folder, env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    writeFileSync(path.join(folder, 'rc'), '');
    writeFileSync(path.join(folder, 'main.tf.json'), JSON.stringify(configuration()));
    terraformRun('init', '-input=false');
    terraformRun('plan', '-input=false', '-out=bench.plan');
    const document = path.join(folder, 'plan.json');
    const cli = path.join(root, 'dist', 'bin', 'cli.js');
    const times = await interleave(
      {
        show: () => timed(terraform, ['show', '-json', 'bench.plan'], folder, environment, document),
        ours: () =>
          timed(process.execPath, [cli, 'drift', '--plan', document, '--json'], folder, environment),
      },
      rounds,
    );
    const row = (title: string, name: 'show' | 'ours') => [
      title,
      `${(median(times[name]) / 1000).toFixed(2)} s`,
    ];
    const size = (statSync(document).size / 1e6).toFixed(1);
    return [
      `A plan of ${size} MB, ${OBJECTS} objects, n = ${rounds}`,
      '',
      markdownTable(
        ['process', 'wall'],
        [row('terraform show -json', 'show'), row('holdfast drift --plan, as JSON', 'ours')],
      ),
      '',
      `holdfast / terraform: ${pairedRatio(times.ours, times.show).toFixed(2)} (limit ${LIMIT}).`,
    ].join('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return 'A plan of 5 MB: not measured, since there is no terraform here (name one by HOLDFAST_TERRAFORM).';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Objects that need no provider beside Terraform's own. */
function configuration(): object {
  const input = (at: number) => ({ name: `object-${at}`, text: 'abcdefghij'.repeat(CHARACTERS / 10) });
  const objects = Array.from({ length: OBJECTS }, (_, at) => [`o${at}`, { input: input(at) }] as const);
  return { resource: { terraform_data: Object.fromEntries(objects) } };
}

/** Milliseconds from spawn to exit, the output written to a file, or nowhere. */
function timed(
  program: string,
  words: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  into?: string,
): Promise<number> {
  const start = performance.now();
  const output = into === undefined ? 'ignore' : openSync(into, 'w');
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd, env, stdio: ['ignore', output, 'ignore'] });
    child.on('error', reject);
    child.on('close', code => {
      if (typeof output === 'number') closeSync(output);
      if (code !== 0) reject(new Error(`${program} ${words[0]} ended with ${code}`));
      else resolve(performance.now() - start);
    });
  });
}
