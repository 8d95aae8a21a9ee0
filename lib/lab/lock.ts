import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { HoldfastError } from '../errors';
import type { Clock } from '../ports';
import { readLabFile } from './lab-file';
import type { LabPaths } from './paths';
import { identify, isAlive, type ProcessIdentity } from './proc';

interface Lock extends ProcessIdentity {
  /** ISO time. */
  readonly since: string;
}

/**
 * Takes the right to bring a lab up: one at a time per project. A lock whose process is gone is taken over.
 * @returns the way to give it back
 * @throws HoldfastError `conflict` that says what runs, since when, and how to stop it
 */
export function lockLab(paths: LabPaths, clock: Clock): () => void {
  const lab = readLabFile(paths);
  if (lab !== undefined) throw occupied('a lab runs in this project', lab.since, lab.daemon.pid);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (take(paths, clock)) return () => rmSync(paths.lockFile, { force: true });
    const holder = readLock(paths);
    if (holder !== undefined && isAlive(holder)) {
      throw occupied('a lab is being brought up in this project', holder.since, holder.pid);
    }
    clearAway(paths);
  }
  throw new HoldfastError('conflict', `${paths.lockFile} is taken by others again and again`);
}

/**
 * Moves a lock that was found dead out of the way, and looks at what was moved: another `up` may have put its own
 * there in between, which goes back.
 */
function clearAway(paths: LabPaths): void {
  const moved = `${paths.lockFile}.${process.pid}.dead`;
  try {
    renameSync(paths.lockFile, moved);
    const holder = readLock({ lockFile: moved });
    if (holder !== undefined && isAlive(holder)) linkSync(moved, paths.lockFile);
  } catch (error) {
    // Gone already, or taken by a third one: the next attempt sees which.
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    rmSync(moved, { force: true });
  }
}

/** The process that is bringing a lab up, or undefined. */
export function lockHolder(paths: Pick<LabPaths, 'lockFile'>): ProcessIdentity | undefined {
  const holder = readLock(paths);
  return holder !== undefined && isAlive(holder) ? holder : undefined;
}

/** A link either appears with all of its content or not at all. */
function take(paths: LabPaths, clock: Clock): boolean {
  const own = identify(process.pid);
  const draft = `${paths.lockFile}.${process.pid}`;
  const lock: Partial<Lock> = { ...own, since: clock.now().toISOString() };
  writeFileSync(draft, JSON.stringify(lock), { mode: 0o600 });
  try {
    linkSync(draft, paths.lockFile);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function readLock(paths: Pick<LabPaths, 'lockFile'>): Lock | undefined {
  try {
    return JSON.parse(readFileSync(paths.lockFile, 'utf8')) as Lock;
  } catch {
    return undefined;
  }
}

function occupied(what: string, since: string, pid: number): HoldfastError {
  return new HoldfastError('conflict', `${what} since ${since} (pid ${pid}); stop it with holdfast down`);
}
