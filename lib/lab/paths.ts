import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HoldfastError } from '../errors';

/** Where a lab keeps what it needs; every path is absolute. */
export interface LabPaths {
  readonly projectRoot: string;
  /** Mark of this project's lab in the environment of each of its processes; 12 hexadecimal digits. */
  readonly labId: string;
  /** `<project>/.holdfast`: state of the lab, readable by its owner only. */
  readonly state: string;
  /** State of the running lab, written by the daemon. */
  readonly labFile: string;
  /** Held while a lab is being brought up. */
  readonly lockFile: string;
  /** One entry a process. */
  readonly processes: string;
  /** One log a process. */
  readonly logs: string;
  /** Password files and tokens, mode 0600. */
  readonly secrets: string;
  /** The lab's private virtual environment. */
  readonly python: string;
  /**
   * Folder outside the project that an unprivileged user can reach: PostgreSQL's binaries and data, which may not
   * run as root and may not be able to read the project.
   */
  readonly data: string;
}

/** Names the paths of a project's lab; creates nothing. */
export function labPaths(projectRoot: string): LabPaths {
  const root = realpathSync(projectRoot);
  const labId = createHash('sha256').update(root).digest('hex').slice(0, 12);
  const state = path.join(root, '.holdfast');
  return {
    projectRoot: root,
    labId,
    state,
    labFile: path.join(state, 'lab.json'),
    lockFile: path.join(state, 'up.lock'),
    processes: path.join(state, 'processes'),
    logs: path.join(state, 'logs'),
    secrets: path.join(state, 'secrets'),
    python: path.join(state, 'python'),
    data: path.join(tmpdir(), `holdfast-${currentUid()}-${labId}`),
  };
}

/** Creates the folders of a lab, private to their owner. Refuses a data folder that belongs to someone else. */
export function createLabFolders(paths: LabPaths): void {
  for (const folder of [paths.state, paths.processes, paths.logs, paths.secrets]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  // The parent is world-writable and the name is known beforehand, so what stands there may not be ours.
  mkdirSync(paths.data, { recursive: true, mode: 0o700 });
  const found = lstatSync(paths.data);
  if (!found.isDirectory() || found.uid !== currentUid()) {
    throw new HoldfastError('environment', 'the data folder of the lab belongs to another user', [
      {
        path: paths.data,
        received: `uid ${found.uid}`,
        message: `must be a folder of uid ${currentUid()}`,
        fix: 'remove it, or set TMPDIR to a folder of your own',
      },
    ]);
  }
  chmodSync(paths.data, 0o711); // whatever the umask: PostgreSQL's user must pass through
}

/** User id of this process; also where the system has no name for it, as in many containers. */
export function currentUid(): number {
  return process.getuid?.() ?? 0;
}
