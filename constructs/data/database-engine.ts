import type { GlobalDatabaseOptions } from './global-database-props';

/** What differs between the two engines of Aurora; everything else of a member is the same. */
export interface DatabaseEngine {
  /** Name that RDS knows the engine by. */
  readonly name: 'aurora-postgresql' | 'aurora-mysql';
  /** Form of a version, and an example of one. */
  readonly version: { readonly form: RegExp; readonly example: string };
  /** Port that is not the engine's well-known one. */
  readonly defaultPort: number;
  /** Logs that are exported to CloudWatch. */
  readonly logs: readonly string[];
  /** User of the break-glass secret. */
  readonly masterUsername: string;
  /** Parameter group family of a version. */
  familyOf(version: string): string;
  /** Cluster parameters: TLS required, slow statements logged. */
  parametersOf(options: GlobalDatabaseOptions): Readonly<Record<string, string>>;
}

const POSTGRESQL: DatabaseEngine = {
  name: 'aurora-postgresql',
  version: { form: /^\d+\.\d+$/, example: '16.6' },
  defaultPort: 5433,
  logs: ['postgresql'],
  masterUsername: 'holdfast_admin',
  familyOf: version => `aurora-postgresql${version.split('.')[0]}`,
  parametersOf: ({ recoveryPoint }) => ({
    'rds.force_ssl': '1',
    log_min_duration_statement: '1000',
    ...(recoveryPoint?.kind === 'bounded'
      ? { 'rds.global_db_rpo': String(recoveryPoint.bound.toSeconds()) }
      : {}),
  }),
};

const MYSQL: DatabaseEngine = {
  name: 'aurora-mysql',
  version: { form: /^\d+\.\d+\.mysql_aurora\.\d+\.\d+\.\d+$/, example: '8.0.mysql_aurora.3.08.0' },
  defaultPort: 3307,
  logs: ['audit', 'error', 'slowquery'],
  // Aurora MySQL takes letters and digits only.
  masterUsername: 'holdfastadmin',
  familyOf: version => `aurora-mysql${version.split('.mysql_aurora')[0]}`,
  parametersOf: () => ({
    require_secure_transport: 'ON',
    slow_query_log: '1',
    long_query_time: '1',
    server_audit_logging: '1',
    server_audit_events: 'CONNECT,QUERY_DCL,QUERY_DDL',
  }),
};

/** The engine that was asked for. */
export const engineOf = (options: GlobalDatabaseOptions): DatabaseEngine =>
  options.engine === 'mysql' ? MYSQL : POSTGRESQL;
