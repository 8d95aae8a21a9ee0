import { HoldfastError } from '../errors';
import { runTool } from './tool';

/** A Python that can make virtual environments. */
export interface Interpreter {
  readonly command: string;
  /** Such as `3.11.7`. */
  readonly version: string;
}

/** Looked for in this order: the usual name first, then newer ones that stand beside an old default. */
const NAMES = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
/** Oldest minor version of Python 3 on which the emulator runs. */
const OLDEST_MINOR = 10;

const PROBE = [
  'import importlib.util as u, json, sys',
  'found = {name: u.find_spec(name) is not None for name in ("venv", "ensurepip")}',
  'print(json.dumps({"version": list(sys.version_info[:3]), **found}))',
].join('\n');

interface Probe {
  readonly command: string;
  readonly version: readonly [number, number, number];
  readonly venv: boolean;
  readonly ensurepip: boolean;
}

/**
 * Finds a Python 3.10 or newer with its venv module on the PATH.
 *
 * @throws HoldfastError `environment` that says which of these is missing and how it is installed
 */
export async function findInterpreter(options: {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}): Promise<Interpreter> {
  const seen: Probe[] = [];
  for (const command of NAMES) {
    const probe = await probeOne(command, options);
    if (probe === undefined) continue;
    if (isNewEnough(probe) && probe.venv && probe.ensurepip)
      return { command, version: probe.version.join('.') };
    seen.push(probe);
  }
  throw new HoldfastError('environment', complaint(seen));
}

function complaint(seen: readonly Probe[]): string {
  const [first] = seen;
  if (first === undefined) {
    return `python is needed for the lab and none was found on the PATH: install Python 3.${OLDEST_MINOR} or newer`;
  }
  const fit = seen.find(isNewEnough);
  if (fit === undefined) {
    const version = first.version.join('.');
    return `python 3.${OLDEST_MINOR} or newer is needed for the lab, ${first.command} is ${version}: install a newer one beside it`;
  }
  const missing = fit.venv ? 'ensurepip' : 'venv';
  return `${fit.command} lacks its ${missing} module, which the lab needs: on Debian and Ubuntu, apt-get install python3-venv`;
}

const isNewEnough = (probe: Probe): boolean =>
  probe.version[0] > 3 || (probe.version[0] === 3 && probe.version[1] >= OLDEST_MINOR);

async function probeOne(
  command: string,
  options: Parameters<typeof findInterpreter>[0],
): Promise<Probe | undefined> {
  try {
    const env = { ...options.environment, PYTHONHOME: undefined, PYTHONPATH: undefined };
    const { signal } = options;
    const result = await runTool(command, ['-c', PROBE], { cwd: '/', env, signal });
    if (result.exitCode !== 0) return undefined;
    return { command, ...(JSON.parse(result.output) as Omit<Probe, 'command'>) };
  } catch (error) {
    if (options.signal.aborted) throw error;
    return undefined; // not there, or not a Python
  }
}
