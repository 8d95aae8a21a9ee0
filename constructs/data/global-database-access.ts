import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Connections, IConnectable } from 'aws-cdk-lib/aws-ec2';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

/** This Region's member of a global database: how it is reached, what may be done with it, and what it measures. */
export interface IGlobalDatabase extends IConnectable {
  /** Allows clients in; the default port is the database's. */
  readonly connections: Connections;
  /**
   * Writer endpoint of **this** Region's own cluster. It exists on a secondary too, where it refuses writes: so a
   * Region that was fenced cannot write across to the new writer.
   */
  readonly clusterEndpointAddress: string;
  /** Reader endpoint of this Region's own cluster. */
  readonly readerEndpointAddress: string;
  /** TCP port of both endpoints. */
  readonly port: number;
  /** Name of this Region's cluster. */
  readonly clusterIdentifier: string;
  /** ARN of this Region's cluster, by its name. */
  readonly clusterArn: string;
  /** Immutable id of this Region's cluster, used by IAM authentication. */
  readonly clusterResourceId: string;
  /** Master credentials without a host, for break-glass use, where this Region has them. */
  readonly breakGlassSecret?: ISecret;
  /** Lets `grantee` sign in to this Region's cluster as the database user `user`, by IAM authentication. */
  grantConnect(grantee: IGrantable, user: string): Grant;
  /**
   * How far this Region is behind the writer, in milliseconds. There is no data while this Region writes: an alarm
   * on it must say that missing data is missing.
   */
  metricReplicationLag(options?: MetricOptions): Metric;
  /**
   * How far the least lagging secondary is behind, in milliseconds: what `rds.global_db_rpo` holds commits back for.
   * PostgreSQL only, and only while this Region writes.
   */
  metricRecoveryPointLag(options?: MetricOptions): Metric;
  /** Processor use of the busiest instance, in percent. */
  metricCpuUtilization(options?: MetricOptions): Metric;
  /** Connections of the instance that has most of them. */
  metricDatabaseConnections(options?: MetricOptions): Metric;
  /** Share of the most capacity units that the busiest Serverless v2 instance uses, in percent. */
  metricCapacityUtilization(options?: MetricOptions): Metric;
  /** A metric of this Region's cluster in the namespace `AWS/RDS`. */
  metric(metricName: string, options?: MetricOptions): Metric;
}

/** Grants and metrics of this Region's member, whoever made it. */
export abstract class GlobalDatabaseAccess extends Construct implements IGlobalDatabase {
  abstract readonly connections: Connections;
  abstract readonly clusterEndpointAddress: string;
  abstract readonly readerEndpointAddress: string;
  abstract readonly port: number;
  abstract readonly clusterIdentifier: string;
  abstract readonly clusterResourceId: string;
  abstract readonly breakGlassSecret?: ISecret;

  get clusterArn(): string {
    return Stack.of(this).formatArn({
      service: 'rds',
      resource: 'cluster',
      resourceName: this.clusterIdentifier,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  grantConnect(grantee: IGrantable, user: string): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['rds-db:connect'],
      resourceArns: [
        Stack.of(this).formatArn({
          service: 'rds-db',
          resource: 'dbuser',
          resourceName: `${this.clusterResourceId}/${user}`,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ],
    });
  }

  metricReplicationLag(options?: MetricOptions): Metric {
    return this.metric('AuroraGlobalDBReplicationLag', { statistic: 'Maximum', ...options });
  }

  metricRecoveryPointLag(options?: MetricOptions): Metric {
    return this.metric('AuroraGlobalDBRPOLag', { statistic: 'Maximum', ...options });
  }

  metricCpuUtilization(options?: MetricOptions): Metric {
    return this.metric('CPUUtilization', { statistic: 'Maximum', ...options });
  }

  metricDatabaseConnections(options?: MetricOptions): Metric {
    return this.metric('DatabaseConnections', { statistic: 'Maximum', ...options });
  }

  metricCapacityUtilization(options?: MetricOptions): Metric {
    return this.metric('ACUUtilization', { statistic: 'Maximum', ...options });
  }

  metric(metricName: string, options?: MetricOptions): Metric {
    return new Metric({
      namespace: 'AWS/RDS',
      metricName,
      dimensionsMap: { DBClusterIdentifier: this.clusterIdentifier },
      ...options,
    }).attachTo(this);
  }
}
