export { locatePostgres, preparePostgres } from './binaries';
export { GlobalDatabase, type GlobalDatabaseOptions } from './database';
export { PostgresServer, type PostgresServerOptions } from './server';
export type { ServerStatus } from './server-status';
export { serverUser } from './user';
