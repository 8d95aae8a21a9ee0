import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { HoldfastError } from '../../errors';
import { ADMINISTRATOR, type PostgresServer } from './server';
import { give } from './user';

const run = promisify(execFile);

/** The application's database: its name, and the role that owns it. */
export interface ApplicationDatabase {
  readonly name: string;
  /** Role that the service logs in as. */
  readonly user: string;
  readonly password: string;
}

/**
 * Creates the data of a new primary (checksums on, passwords by SCRAM, never flushed) and leaves it stopped.
 * @throws HoldfastError `environment` with what initdb said
 */
export async function initialise(server: PostgresServer): Promise<void> {
  const { binaries, user, password, dataFolder } = server.options;
  server.clear();
  const passwordFile = `${dataFolder}.password`;
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  give(passwordFile, user);
  const args = ['-D', dataFolder, '-U', ADMINISTRATOR, `--pwfile=${passwordFile}`];
  const choices = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync', '--no-instructions'];
  try {
    const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
    await run(path.join(binaries.bin, 'initdb'), [...args, ...choices], { ...user, env, cwd: dataFolder });
  } catch (cause) {
    const said = (cause as { stderr?: string }).stderr?.trim() ?? String(cause);
    throw new HoldfastError('environment', `initdb of ${server.region} failed: ${said}`, [], { cause });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** Creates the application's role and database on a running primary. Safe to repeat. */
export async function createDatabase(server: PostgresServer, database: ApplicationDatabase): Promise<void> {
  const user = identifier(database.user);
  const found = await server.query('select 1 from pg_roles where rolname = $1', [database.user]);
  if (found.length === 0) await server.query(`create role ${user} login`);
  await server.query(`alter role ${user} password ${literal(database.password)}`);
  const existing = await server.query('select 1 from pg_database where datname = $1', [database.name]);
  if (existing.length > 0) return;
  await server.query(`create database ${identifier(database.name)} owner ${user}`, [], 60_000);
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
