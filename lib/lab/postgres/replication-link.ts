import type { PostgresServer } from './server';

/** Cuts a standby off from its writer: it goes on to answer, and receives nothing any more. */
export async function cutLink(standby: PostgresServer): Promise<void> {
  await apply(standby, `alter system set primary_conninfo = ''`);
}

/**
 * Lets a standby follow as its settings say. Also for a server that was promoted: it is copied whole, with its settings,
 * and a cut must not be inherited.
 */
export async function mendLink(server: PostgresServer): Promise<void> {
  await apply(server, 'alter system reset primary_conninfo');
}

async function apply(server: PostgresServer, statement: string): Promise<void> {
  await server.query(statement);
  await server.query('select pg_reload_conf()');
}
