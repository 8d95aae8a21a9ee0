import { chown, copyFile, lstat, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HoldfastError } from '../../errors';
import type { AdminConnection } from './connection';
import type { PostgresServer } from './server';

/** Contents that a base copy must not carry over (PostgreSQL manual, "Backing Up the Data Directory"). */
const EMPTY_FOLDERS = new Set([
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
]);
const LEFT_OUT = /^(postmaster\.(pid|opts)|backup_label.*|tablespace_map.*|standby\.signal|pgsql_tmp.*)$/;
/** Copied last, so that its checkpoint is no older than the files. */
const CONTROL_FILE = path.join('global', 'pg_control');
/** Milliseconds for the checkpoint that begins a copy, on a busy machine. */
const TIMEOUT = 60_000;

/**
 * Makes `to`, which is stopped, a copy of the running primary `from`, to be started as its standby. The log written
 * meanwhile is fetched by streaming, so the primary must keep it (`wal_keep_size`).
 */
export async function baseCopy(from: PostgresServer, to: PostgresServer): Promise<void> {
  to.clear();
  // Start and stop of a backup belong to one session.
  const session = from.connect();
  try {
    await session.query(`select pg_backup_start('holdfast', fast => true)`, [], TIMEOUT);
    await copyTree(from.dataFolder, to, '');
    await copy(from.dataFolder, to, CONTROL_FILE);
    await writeLabel(session, to);
  } finally {
    await session.close();
  }
}

async function writeLabel(session: AdminConnection, to: PostgresServer): Promise<void> {
  const [end] = await session.query<{ labelfile: string }>(
    'select labelfile from pg_backup_stop(wait_for_archive => false)',
    [],
    TIMEOUT,
  );
  if (end === undefined) throw new HoldfastError('unavailable', 'the backup ended without a label');
  const label = path.join(to.dataFolder, 'backup_label');
  await writeFile(label, end.labelfile, { mode: 0o600 });
  await give(label, to);
}

async function copyTree(source: string, to: PostgresServer, folder: string): Promise<void> {
  for (const entry of await readdir(path.join(source, folder), { withFileTypes: true })) {
    const relative = path.join(folder, entry.name);
    if (LEFT_OUT.test(entry.name) || relative === CONTROL_FILE) continue;
    if (entry.isDirectory()) {
      const place = path.join(to.dataFolder, relative);
      await mkdir(place, { mode: 0o700 });
      await give(place, to);
      if (!EMPTY_FOLDERS.has(relative)) await copyTree(source, to, relative);
    } else if (entry.isFile()) await copy(source, to, relative);
  }
}

async function copy(source: string, to: PostgresServer, relative: string): Promise<void> {
  const place = path.join(to.dataFolder, relative);
  try {
    await copyFile(path.join(source, relative), place);
  } catch (error) {
    // Files come and go under a running server; replay makes up for it.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && (await missing(path.join(source, relative))))
      return;
    throw error;
  }
  await give(place, to);
}

async function missing(file: string): Promise<boolean> {
  return lstat(file).then(
    () => false,
    () => true,
  );
}

async function give(file: string, to: PostgresServer): Promise<void> {
  const { user } = to.options;
  if (user !== undefined) await chown(file, user.uid, user.gid);
}
