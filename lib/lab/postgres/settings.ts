import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { give, type ServerUser } from './user';

/** The server that a standby follows. */
export interface Upstream {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** The server whose settings are written. */
export interface SettingsTarget {
  readonly region: string;
  readonly host: string;
  readonly port: number;
  readonly dataFolder: string;
  readonly user: ServerUser | undefined;
}

/**
 * Writes `postgresql.conf` and `pg_hba.conf` whole: small memory, one loopback address, passwords only. The log is
 * written but not flushed to the disk (`fsync = off`): a lab survives the death of its processes, not of the machine.
 */
export function writeSettings(target: SettingsTarget, upstream?: Upstream): void {
  const settings = {
    listen_addresses: target.host,
    port: target.port,
    unix_socket_directories: '',
    password_encryption: 'scram-sha-256',
    max_connections: 120,
    superuser_reserved_connections: 5,
    shared_buffers: '32MB',
    dynamic_shared_memory_type: 'mmap',
    io_method: 'sync',
    max_worker_processes: 4,
    max_parallel_workers: 0,
    max_logical_replication_workers: 0,
    autovacuum_max_workers: 1,
    jit: 'off',
    fsync: 'off',
    synchronous_commit: 'on',
    wal_level: 'replica',
    wal_keep_size: '256MB',
    max_wal_size: '512MB',
    max_wal_senders: 10,
    wal_sender_timeout: '10s',
    wal_receiver_status_interval: '1s',
    wal_receiver_timeout: '10s',
    wal_retrieve_retry_interval: '200ms',
    hot_standby: 'on',
    hot_standby_feedback: 'on',
    recovery_target_timeline: 'latest',
    log_min_messages: 'log',
    log_line_prefix: '%m ',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    ...(upstream === undefined ? {} : { primary_conninfo: connectionString(target, upstream) }),
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${quote(String(value))}`);
  write(target, 'postgresql.conf', lines);
  write(target, 'pg_hba.conf', [
    'host all all 127.0.0.0/8 scram-sha-256',
    'host replication all 127.0.0.0/8 scram-sha-256',
  ]);
}

/** How a standby connects to the server that it follows (libpq). */
export function connectionString(target: Pick<SettingsTarget, 'region'>, upstream: Upstream): string {
  const { host, port, user, password } = upstream;
  return `host=${host} port=${port} user=${user} password=${password} application_name=${target.region} connect_timeout=3`;
}

function write(target: SettingsTarget, name: string, lines: readonly string[]): void {
  const file = path.join(target.dataFolder, name);
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  give(file, target.user);
}

/** A value between quotes, as settings and SQL write it. */
export function quote(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
