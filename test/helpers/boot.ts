import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const UNSHARE = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--propagation', 'private'];

/** Why a boot cannot be run here; `undefined` when it can. */
export function whyNoBoot(): string | undefined {
  if (process.platform !== 'linux') return 'namespaces are a part of Linux';
  if (process.getuid?.() !== 0)
    return 'only root may add a user, and change users, in a root folder of its own';
  const probe = spawnSync('unshare', [...UNSHARE, 'ip', 'link', 'set', 'lo', 'up'], { encoding: 'utf8' });
  return probe.status === 0 ? undefined : `unshare: ${(probe.stderr || String(probe.error)).trim()}`;
}

/** A boot: the script, and the objects of S3 by `<bucket>/<key>`, each with the file that holds it. */
export interface Boot {
  readonly script: string;
  readonly objects: Readonly<Record<string, string>>;
  /** Port of the health answer. */
  readonly port: number;
  /**
   * What the machine has already, text by path, as when its process is started again.
   * @default - nothing
   */
  readonly left?: Readonly<Record<string, string>>;
}

/** What a boot left behind. Texts are empty where it did not get so far. */
export interface BootResult {
  readonly exit: number;
  /** What the script printed. */
  readonly output: string;
  /** What CloudFormation was told, one call a line. */
  readonly signals: string;
  /** Answer of `/healthz`. */
  readonly healthz: string;
  /** What the started process printed. */
  readonly unit: string;
  /** User id of the process. */
  readonly user: string;
  /** What the clone told its group, one call a line, each after whether its process was `running` or `stopped`. */
  readonly reports: string;
  /** A file of the machine. */
  read(file: string): string;
  /** Where a file of the machine is. */
  pathOf(file: string): string;
}

/** Runs user data on a machine of its own, without network; see `boot/namespace.sh`. */
export function boot(
  { script, objects, port, left = {} }: Boot,
  inspect: (result: BootResult) => void,
): void {
  const root = mkdtempSync(path.join(tmpdir(), 'holdfast-boot-'));
  try {
    for (const [name, file] of Object.entries(objects)) {
      const object = path.join(root, 'objects', name);
      mkdirSync(path.dirname(object), { recursive: true });
      copyFileSync(file, object);
    }
    for (const [name, text] of Object.entries(left)) {
      mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      writeFileSync(path.join(root, name), text);
    }
    writeFileSync(path.join(root, 'user-data'), script, { mode: 0o755 });
    const namespace = path.join(__dirname, 'boot/namespace.sh');
    const run = spawnSync('unshare', [...UNSHARE, 'bash', namespace, root, process.execPath, String(port)], {
      encoding: 'utf8',
      timeout: 30_000,
      killSignal: 'SIGKILL',
    });
    const read = (file: string) => readIn(root, file);
    if (run.status !== 0) {
      const last = [
        run.stderr,
        read('result/follower'),
        read('result/reports'),
        read('result/output').slice(-500),
        read('result/unit').slice(-2000),
      ];
      throw new Error(`the machine did not come up: ${last.join('\n')}`);
    }
    inspect({
      exit: Number(read('result/exit')),
      output: read('result/output'),
      signals: read('result/signals'),
      healthz: read('result/healthz'),
      unit: read('result/unit'),
      user: read('result/user').trim(),
      reports: read('result/reports'),
      read,
      pathOf: file => path.join(root, file),
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function readIn(root: string, file: string): string {
  const absolute = path.join(root, file);
  return existsSync(absolute) ? readFileSync(absolute, 'utf8') : '';
}
