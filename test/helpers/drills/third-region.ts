// A third Region that is neither left nor moved to: its standby, its gate, and its replica, which follows whoever writes.
import type { DatabaseMember } from '../../../lib/ports';
import { Gate, type GateMemory } from '../../../lib/runtime/gate/gate';
import { silentLogger } from '../../../lib/runtime/telemetry/logger';
import type { DrillWorld } from './drill-world';
import { arnOf } from './global-database';
import { WITNESS } from './network';

/** Milliseconds for which its replica is repointed after a move. */
const REPOINT = 20_000;

/** What the drill meets of it. */
export class ThirdRegion {
  readonly gate: Gate;
  private memory: GateMemory | undefined;
  /** The Region that its replica follows, and since when. */
  private follows: string | undefined;
  private since = 0;

  constructor(private readonly world: DrillWorld) {
    this.gate = new Gate({
      region: WITNESS,
      register: {
        read: async () => {
          if (!world.network.hasQuorum(WITNESS)) throw new Error('lost');
          return world.register.record;
        },
      },
      store: {
        load: async () => this.memory,
        save: async memory => {
          this.memory = memory;
        },
      },
      logger: silentLogger,
    });
  }

  member(): DatabaseMember {
    return { region: WITNESS, clusterArn: arnOf(WITNESS), role: 'reader', status: this.status };
  }

  readiness(): object {
    const ready = this.status === 'available';
    const { epoch } = this.world.register.record;
    return { ready, role: 'standby', epoch, database: { writable: false, lagSeconds: 0.2 } };
  }

  private get status(): string {
    const { database, simulation } = this.world;
    if (database.writable !== this.follows) {
      this.follows = database.writable;
      this.since = simulation.time;
    }
    return this.follows !== undefined && simulation.time - this.since >= REPOINT ? 'available' : 'modifying';
  }
}
