import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import {
  Connections,
  type IConnectable,
  type IVpc,
  Port,
  SecurityGroup,
  type SubnetSelection,
} from 'aws-cdk-lib/aws-ec2';
import { CfnServerlessCache } from 'aws-cdk-lib/aws-elasticache';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { assertRules, matching, type Rule, wholeNumber } from '../validation';
import type { CacheEngine } from './cache-tier-props';
import { identityRules } from './cache-tier-validation';
import { addCacheUsers } from './cache-users';
import { dataSubnets, subnetRule } from './subnet-rules';

/** What may be chosen about a serverless cache. */
export interface ServerlessCacheOptions {
  /**
   * Engine.
   * @default 'valkey'
   */
  readonly engine?: CacheEngine;
  /**
   * Major version of the engine.
   * @default - '8' of Valkey, '7' of Redis
   */
  readonly majorEngineVersion?: string;
  /** Most data that is kept, in gigabytes, 1 to 5000; keys are evicted beyond it. Bounds the bill. */
  readonly maximumStorageGigabytes: number;
  /**
   * Data that room is kept for, in gigabytes: so that a standby need not grow when traffic arrives. Paid for at once.
   * @default - none
   */
  readonly minimumStorageGigabytes?: number;
  /** Most ElastiCache processing units each second, 1000 to 15000000; requests are refused beyond it. */
  readonly maximumUnitsPerSecond: number;
  /**
   * Processing units each second that are kept ready. Paid for at once.
   * @default - none
   */
  readonly minimumUnitsPerSecond?: number;
}

/** Properties of a {@link ServerlessCache}. */
export interface ServerlessCacheProps extends ServerlessCacheOptions {
  /** Name of the cache, 1 to 40 characters; see `cacheIdentifier` in lib/naming. */
  readonly cacheName: string;
  /** User as which clients sign in; unique in the account and Region, 1 to 34 characters. */
  readonly userName: string;
  /** Prefix of every key that the user may touch, such as `orders:`. */
  readonly keyPrefix: string;
  /** Network of this Region. */
  readonly vpc: IVpc;
  /**
   * Subnets for the endpoints, in two or three zones.
   * @default - the isolated subnets
   */
  readonly vpcSubnets?: SubnetSelection;
  /** Key of this Region for encryption at rest. */
  readonly encryptionKey: IKey;
}

/** Most subnets that ElastiCache Serverless takes. */
const MOST_SUBNETS = 3;

/** Ports of every serverless cache: 6379 for all, 6380 for reads that may be stale. */
const PORTS = { first: 6379, last: 6380 } as const;

/**
 * A Region's cache without nodes: ElastiCache Serverless, in several zones and with TLS by its nature. It cannot be a
 * member of a global datastore. Lossy by contract, signed in to by IAM, as {@link CacheTier}.
 */
export class ServerlessCache extends Construct implements IConnectable {
  /** Allows clients in, on both ports. */
  readonly connections: Connections;
  /** Endpoint of reads and writes. */
  readonly primaryEndpointAddress: string;
  /** Endpoint of reads that may be stale, on port 6380. */
  readonly readerEndpointAddress: string;
  /** TCP port of `primaryEndpointAddress`. */
  readonly port = PORTS.first;
  /** Name of the cache, part of what clients sign. */
  readonly cacheName: string;
  /** The user as which clients sign in. */
  readonly userName: string;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: ServerlessCacheProps) {
    assertRules(`ServerlessCache ${scope.node.path}/${id}`, rulesOf(props));
    super(scope, id);
    this.cacheName = props.cacheName;
    this.userName = props.userName;
    const securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: 'Serverless cache of this Region',
      allowAllOutbound: false,
    });
    this.connections = new Connections({
      securityGroups: [securityGroup],
      defaultPort: Port.tcpRange(PORTS.first, PORTS.last),
    });
    const cache = this.createCache(props, securityGroup.securityGroupId);
    this.primaryEndpointAddress = cache.attrEndpointAddress;
    this.readerEndpointAddress = cache.attrReaderEndpointAddress;
  }

  /** Lets `grantee` sign in as the cache's user, by IAM authentication. */
  grantConnect(grantee: IGrantable): Grant {
    const arnOf = (resource: string, resourceName: string): string =>
      Stack.of(this).formatArn({
        service: 'elasticache',
        resource,
        resourceName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
    return Grant.addToPrincipal({
      grantee,
      actions: ['elasticache:Connect'],
      resourceArns: [arnOf('serverlesscache', this.cacheName), arnOf('user', this.userName)],
    });
  }

  /** Bytes in use; keys are evicted when it reaches the most that was allowed. */
  metricBytesUsed(options?: MetricOptions): Metric {
    return this.metric('BytesUsedForCache', { statistic: 'Maximum', ...options });
  }

  /** Requests that were refused for going over the most processing units. */
  metricThrottledCommands(options?: MetricOptions): Metric {
    return this.metric('ThrottledCmds', { statistic: 'Sum', ...options });
  }

  /** A metric of the cache in the namespace `AWS/ElastiCache`. */
  metric(metricName: string, options?: MetricOptions): Metric {
    return new Metric({
      namespace: 'AWS/ElastiCache',
      metricName,
      dimensionsMap: { clusterId: this.cacheName },
      ...options,
    }).attachTo(this);
  }

  private createCache(props: ServerlessCacheProps, securityGroupId: string): CfnServerlessCache {
    const { userName, keyPrefix, engine = 'valkey' } = props;
    const cache = new CfnServerlessCache(this, 'Cache', {
      serverlessCacheName: props.cacheName,
      description: `Cache of ${userName}; nothing in it is the only copy`,
      engine,
      majorEngineVersion: props.majorEngineVersion ?? (engine === 'valkey' ? '8' : '7'),
      cacheUsageLimits: {
        dataStorage: {
          unit: 'GB',
          maximum: props.maximumStorageGigabytes,
          minimum: props.minimumStorageGigabytes,
        },
        ecpuPerSecond: { maximum: props.maximumUnitsPerSecond, minimum: props.minimumUnitsPerSecond },
      },
      kmsKeyId: props.encryptionKey.keyArn,
      subnetIds: dataSubnets(props),
      securityGroupIds: [securityGroupId],
      userGroupId: addCacheUsers(this, { engine, userName, keyPrefix }).ref,
    });
    cache.applyRemovalPolicy(RemovalPolicy.DESTROY);
    return cache;
  }
}

function rulesOf(props: ServerlessCacheProps): readonly Rule[] {
  const { minimumStorageGigabytes: storage, minimumUnitsPerSecond: units } = props;
  return [
    matching(
      'cacheName',
      props.cacheName,
      /^[a-z](?!.*--)[a-z0-9-]{0,38}[a-z0-9]$/,
      'see cacheIdentifier in lib/naming',
    ),
    ...identityRules(props),
    subnetRule(props, MOST_SUBNETS),
    wholeNumber('maximumStorageGigabytes', props.maximumStorageGigabytes, 1, 5000),
    storage !== undefined &&
      wholeNumber('minimumStorageGigabytes', storage, 1, props.maximumStorageGigabytes),
    wholeNumber('maximumUnitsPerSecond', props.maximumUnitsPerSecond, 1000, 15_000_000),
    units !== undefined && wholeNumber('minimumUnitsPerSecond', units, 1000, props.maximumUnitsPerSecond),
  ];
}
