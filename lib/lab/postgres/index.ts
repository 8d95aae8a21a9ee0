export { preparePostgres } from './binaries';
export { GlobalDatabase, type GlobalDatabaseOptions, type ServerStatus } from './database';
export { PostgresServer, type PostgresServerOptions } from './server';
export { serverUser } from './user';
