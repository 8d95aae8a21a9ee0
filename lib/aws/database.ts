import {
  DescribeDBClustersCommand,
  DescribeGlobalClustersCommand,
  FailoverGlobalClusterCommand,
  type GlobalCluster,
  RDSClient,
  SwitchoverGlobalClusterCommand,
} from '@aws-sdk/client-rds';
import { HoldfastError } from '../errors';
import { globalClusterIdentifier } from '../naming';
import type { DatabaseMember, DatabaseState } from '../ports';
import { ask, type Connection, sendOnlyIf } from './clients';

/** The Aurora global database. */
export class GlobalDatabaseApi {
  private readonly identifier: string;

  /** @param scope Prefix of its names: `homeScope` of lib/naming */
  constructor(
    private readonly connection: Connection,
    scope: string,
  ) {
    this.identifier = globalClusterIdentifier(scope);
  }

  /** Roles as the Region's control plane sees them; the status of each cluster in `statusOf` from its own Region. */
  async state(region: string, statusOf: readonly string[]): Promise<DatabaseState> {
    const answer = await ask(`describing the global database in ${region}`, () =>
      this.connection
        .client(RDSClient, region)
        .send(new DescribeGlobalClustersCommand({ GlobalClusterIdentifier: this.identifier })),
    );
    const cluster = answer.GlobalClusters?.[0];
    if (cluster === undefined) throw new HoldfastError('not-found', `no global cluster ${this.identifier}`);
    const members = (cluster.GlobalClusterMembers ?? []).map(member => ({
      region: member.DBClusterArn?.split(':')[3] ?? '',
      clusterArn: member.DBClusterArn ?? '',
      role: member.IsWriter ? ('writer' as const) : ('reader' as const),
    }));
    return {
      moving: isMoving(cluster),
      members: await Promise.all(members.map(member => this.withStatus(member, statusOf))),
    };
  }

  /**
   * Starts a switchover. The request goes to the Region of the current writer and names the cluster that takes over
   * by its ARN (Aurora guide, "Performing switchovers for Amazon Aurora global databases"). Sent once.
   */
  async startSwitchover(
    writerRegion: string,
    targetClusterArn: string,
    maySend: () => boolean,
  ): Promise<void> {
    const command = new SwitchoverGlobalClusterCommand({
      GlobalClusterIdentifier: this.identifier,
      TargetDbClusterIdentifier: targetClusterArn,
    });
    sendOnlyIf(command, maySend);
    await ask(`switching the global database over, in ${writerRegion}`, () =>
      this.connection.client(RDSClient, writerRegion, true).send(command),
    );
  }

  /**
   * Starts a failover that may lose data. The request goes to the Region of the secondary that is promoted, so that
   * nothing is asked of the one that is lost (Aurora guide, "Performing managed failovers for Aurora global
   * databases"). Sent once.
   */
  async startFailover(region: string, targetClusterArn: string, maySend: () => boolean): Promise<void> {
    const command = new FailoverGlobalClusterCommand({
      GlobalClusterIdentifier: this.identifier,
      TargetDbClusterIdentifier: targetClusterArn,
      AllowDataLoss: true,
    });
    sendOnlyIf(command, maySend);
    await ask(`failing the global database over, in ${region}`, () =>
      this.connection.client(RDSClient, region, true).send(command),
    );
  }

  /** A status that cannot be read is absent: the caller decides what unknown means. */
  private async withStatus(member: DatabaseMember, statusOf: readonly string[]): Promise<DatabaseMember> {
    if (!statusOf.includes(member.region)) return member;
    try {
      const answer = await this.connection
        .client(RDSClient, member.region)
        .send(new DescribeDBClustersCommand({ DBClusterIdentifier: member.clusterArn.split(':').at(-1) }));
      return { ...member, status: answer.DBClusters?.[0]?.Status };
    } catch {
      return member;
    }
  }
}

/** RDS reports a move in `FailoverState`, and in the status as `switching-over` or `failing-over`. */
export function isMoving(cluster: GlobalCluster): boolean {
  return Boolean(cluster.FailoverState?.Status) || /switching|failing/.test(cluster.Status ?? '');
}
