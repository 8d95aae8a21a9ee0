import type { PostgresServer } from './server';
import { connectionString, quote, type Upstream } from './settings';
import { SlowLink } from './slow-link';

/** How each standby reaches its writer: as its settings say, not at all, or over a slow network. */
export class ReplicationLinks {
  private readonly slow = new Map<string, SlowLink>();

  /** @param writer The server to follow, asked at each new connection. */
  constructor(private readonly writer: () => Upstream) {}

  /**
   * Sets the link of a standby; a number is the milliseconds that each byte takes longer, each way. `mend` is also for
   * a server that was promoted: it is copied whole, with its settings, and a cut must not be inherited.
   */
  async set(standby: PostgresServer, state: 'cut' | 'mend' | number): Promise<void> {
    if (typeof state === 'number') {
      const link = await SlowLink.open(standby.host, this.writer, state);
      const through = connectionString(standby, { ...this.writer(), ...link.near });
      await apply(standby, `alter system set primary_conninfo = ${quote(through)}`);
      this.forget(standby.region);
      this.slow.set(standby.region, link);
      return;
    }
    const statement = state === 'cut' ? `set primary_conninfo = ''` : 'reset primary_conninfo';
    await apply(standby, `alter system ${statement}`);
    this.forget(standby.region);
  }

  /** Closes every slow link. */
  close(): void {
    for (const region of [...this.slow.keys()]) this.forget(region);
  }

  /** Closes the slow link of a Region, when there is one. */
  forget(region: string): void {
    this.slow.get(region)?.close();
    this.slow.delete(region);
  }
}

async function apply(server: PostgresServer, statement: string): Promise<void> {
  await server.query(statement);
  await server.query('select pg_reload_conf()');
}
