import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { HoldfastError } from '../../errors';
import { clusterIdentifier, globalClusterIdentifier } from '../../naming';
import type { Clock, Output } from '../../ports';
import type { DatabaseMove, Gateway } from '../gateway';
import type { GlobalDatabase } from '../postgres';
import type { RegionClients } from './clients';

/** Milliseconds between two looks at the servers, and looks between two publications of the lag. */
const LOOK = 250;
const LOOKS_PER_METRIC = 4;

/** What following the global cluster needs. */
export interface DatabaseFollowerOptions {
  /** Prefix of the names of the database. */
  readonly scope: string;
  readonly database: GlobalDatabase;
  readonly gateway: Pick<Gateway, 'state' | 'abandonDatabaseMove'>;
  readonly clients: ReadonlyMap<string, RegionClients>;
  readonly clock: Clock;
  readonly output: Output;
}

/**
 * Makes PostgreSQL follow the global cluster: a switchover or failover that the API accepted is carried out, reported
 * to the gateway when the new writer is up, and the former writer rejoins behind it. Publishes the replication lag
 * as Aurora does, each secondary in its own Region.
 */
export class DatabaseFollower {
  private readonly stopping = new AbortController();
  private readonly stopListening: () => void;
  private work: Promise<void> = Promise.resolve();
  private looking: Promise<void> | undefined;

  constructor(private readonly options: DatabaseFollowerOptions) {
    const own = globalClusterIdentifier(options.scope);
    this.stopListening = options.gateway.state.onDatabaseMove(move => {
      if (move.globalCluster !== own) return;
      this.work = this.work.then(() => this.follow(move));
    });
  }

  /** Begins to measure and to publish the lag. */
  start(): void {
    this.looking ??= this.look();
  }

  /** Ends both; a move that is under way is finished first. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.stopListening();
    await this.work;
    await this.looking;
  }

  private async follow(move: DatabaseMove): Promise<void> {
    const { database, gateway, output, clock } = this.options;
    const started = clock.monotonic();
    try {
      if (move.kind === 'switchover') await database.switchover(move.toRegion);
      else await database.failover(move.toRegion);
    } catch (error) {
      await this.abandon(move, error);
      return;
    }
    gateway.state.completeDatabaseMove(move.globalCluster);
    const seconds = (clock.monotonic() - started) / 1000;
    const text = `${move.kind} of the database to ${move.toRegion} in ${seconds.toFixed(2)} s`;
    output.emit({ code: 'lab.database.moved', level: 'info', text, data: { ...move, seconds } });
    await database.rejoin(this.stopping.signal).catch(error => this.report('rejoin', error));
  }

  /** Gives the roles back where nothing moved; where that is unknown the move stays open for a person to see. */
  private async abandon(move: DatabaseMove, error: unknown): Promise<void> {
    this.report(`${move.kind} to ${move.toRegion}`, error);
    const nothingMoved =
      error instanceof HoldfastError && ['refused', 'conflict', 'not-found'].includes(error.code);
    if (!nothingMoved) return;
    const { gateway } = this.options;
    await gateway
      .abandonDatabaseMove(move.globalCluster)
      .catch(cause => this.report('giving roles back', cause));
  }

  private async look(): Promise<void> {
    const { clock, database } = this.options;
    const { signal } = this.stopping;
    for (let count = 0; !signal.aborted; count += 1) {
      await database.observe();
      if (count % LOOKS_PER_METRIC === 0) await this.publish();
      await clock.sleep(LOOK, signal).catch(() => undefined);
    }
  }

  /** What is not known is not published, as a lost secondary publishes nothing. */
  private async publish(): Promise<void> {
    const { scope, clients, database } = this.options;
    const known = database
      .status()
      .flatMap(({ region, lag }) => (lag === undefined ? [] : [{ region, lag }]));
    await Promise.all(
      known.map(({ region, lag }) => {
        const datum = {
          MetricName: 'AuroraGlobalDBReplicationLag',
          Dimensions: [{ Name: 'DBClusterIdentifier', Value: clusterIdentifier(scope, region) }],
          Unit: 'Milliseconds' as const,
          Value: lag,
          Timestamp: this.options.clock.now(),
        };
        const command = new PutMetricDataCommand({ Namespace: 'AWS/RDS', MetricData: [datum] });
        return clients
          .get(region)
          ?.cloudWatch.send(command)
          .catch(() => undefined);
      }),
    );
  }

  private report(what: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.options.output.emit({ code: 'lab.database.failed', level: 'error', text: `${what}: ${reason}` });
  }
}
