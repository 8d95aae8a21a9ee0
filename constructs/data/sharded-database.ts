import { Stack } from 'aws-cdk-lib';
import { type IMetric, MathExpression, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Connections, type IConnectable } from 'aws-cdk-lib/aws-ec2';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import {
  clusterIdentifier,
  globalClusterIdentifier,
  shardEndpointsName,
  shardName,
  shardRingName,
} from '../../lib/naming';
import { assertRules, matching, type Rule, wholeNumber } from '../validation';
import { GlobalDatabase } from './global-database';
import type { GlobalDatabaseMember, GlobalDatabaseProps } from './global-database-props';

/** Places of a shard on the ring: with this many, shares differ from equal ones by less than a quarter. */
const VIRTUAL_NODES = 512;
/** Most shards: their endpoints have to fit into one parameter. */
const MOST_SHARDS = 16;

/** Which shards there are. Config, the same in every Region. */
export interface ShardRing {
  /** Raised by one with every change of the shards. */
  readonly version: number;
  /** Names of the shards, 1 to 16, each a lower-case word. A name is for ever: it places the shard's keys. */
  readonly shards: readonly string[];
  /**
   * Shards of the version before, while keys are moved from it: readers then look where a key was as well. All of them
   * stay declared until the move is over.
   * @default - none; nothing is being moved
   */
  readonly movingFrom?: readonly string[];
}

/** Properties of a {@link ShardedDatabase}. */
export interface ShardedDatabaseProps
  extends Omit<GlobalDatabaseProps, 'member' | 'globalClusterIdentifier' | 'clusterIdentifier'> {
  /** Application, from which the shards' names are made; see lib/naming. */
  readonly application: string;
  /** Which shards there are. */
  readonly ring: ShardRing;
  /** How this Region's cluster of a shard is born: all alike, or each in a home of its own. */
  readonly memberOf: (shard: string) => GlobalDatabaseMember;
}

/**
 * Several global databases of one shape, with the ring that says which of them owns a key. This Region's members are
 * declared here, and what the run time needs is published as parameters of this Region: the ring, the same everywhere,
 * and the endpoints of its own clusters. Where a key lives is computed from the ring by `holdfast/runtime/shards/shard-ring`;
 * `holdfast/runtime/shards/shard-rebalance` says what moves between two rings.
 */
export class ShardedDatabase extends Construct implements IConnectable {
  /** Allows clients in to every shard; the default port is the databases'. */
  readonly connections: Connections;
  /** This Region's member of every shard, old ones included while keys are being moved. */
  readonly shards: ReadonlyMap<string, GlobalDatabase>;
  /** The published document, for those who would rather publish it by AppConfig: see {@link ConfigRollout}. */
  readonly ringDocument: string;
  /** Name of the parameter that holds the ring. */
  readonly ringParameterName: string;
  /** Name of the parameter that holds `{ shard: { host, port } }` of this Region's clusters. */
  readonly endpointsParameterName: string;
  private readonly parameters: readonly StringParameter[];

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: ShardedDatabaseProps) {
    assertRules(`ShardedDatabase ${scope.node.path}/${id}`, rulesOf(props));
    super(scope, id);
    const { application, ring } = props;
    this.shards = new Map(namesOf(ring).map(shard => [shard, this.createShard(shard, props)]));
    const members = [...this.shards.values()];
    this.connections = new Connections({
      securityGroups: members.flatMap(member => member.connections.securityGroups),
      defaultPort: members[0]?.connections.defaultPort,
    });
    this.ringDocument = documentOf(ring);
    this.ringParameterName = shardRingName(application);
    this.endpointsParameterName = shardEndpointsName(application);
    this.parameters = [
      new StringParameter(this, 'Ring', {
        parameterName: this.ringParameterName,
        description: `Shards of ${application}; raise the version with every change`,
        stringValue: this.ringDocument,
      }),
      new StringParameter(this, 'Endpoints', {
        parameterName: this.endpointsParameterName,
        description: `Clusters of the shards of ${application} in this Region`,
        stringValue: this.endpoints(),
      }),
    ];
  }

  /** Lets `grantee` read the ring and the endpoints. */
  grantReadRing(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['ssm:GetParameter', 'ssm:GetParameters'],
      resourceArns: this.parameters.map(({ parameterArn }) => parameterArn),
    });
  }

  /** Lets `grantee` sign in to every shard of this Region as the database user `user`, by IAM authentication. */
  grantConnect(grantee: IGrantable, user: string): Grant {
    return [...this.shards.values()]
      .map(shard => shard.grantConnect(grantee, user))
      .reduce((all, one) => all.combine(one));
  }

  /** How far the shard that is farthest behind is, in milliseconds; there is no data where this Region writes all of them. */
  metricReplicationLag(options?: MetricOptions): IMetric {
    return this.worst(
      'Replication lag of the worst shard',
      shard => shard.metricReplicationLag(options),
      options,
    );
  }

  /** Load of the busiest shard's writer or readers, in percent: where it alone rises, the ring is uneven. */
  metricCpuUtilization(options?: MetricOptions): IMetric {
    return this.worst('CPU of the busiest shard', shard => shard.metricCpuUtilization(options), options);
  }

  private worst(label: string, of: (shard: GlobalDatabase) => IMetric, options?: MetricOptions): IMetric {
    const usingMetrics = Object.fromEntries(
      [...this.shards.values()].map((shard, index) => [`shard${index}`, of(shard)]),
    );
    const expression = `MAX([${Object.keys(usingMetrics).join(', ')}])`;
    return new MathExpression({ expression, label, usingMetrics, period: options?.period });
  }

  private createShard(shard: string, props: ShardedDatabaseProps): GlobalDatabase {
    const { application, ring: _ring, memberOf, ...shape } = props;
    const name = shardName(application, shard);
    return new GlobalDatabase(this, shard, {
      ...shape,
      member: memberOf(shard),
      globalClusterIdentifier: globalClusterIdentifier(name),
      clusterIdentifier: clusterIdentifier(name, Stack.of(this).region),
    });
  }

  private endpoints(): string {
    const entries = [...this.shards].map(([shard, { clusterEndpointAddress, port }]) => [
      shard,
      { host: clusterEndpointAddress, port },
    ]);
    return Stack.of(this).toJsonString(Object.fromEntries(entries));
  }
}

/** Every shard that is declared: those of the ring, and those that keys are still moved from. */
const namesOf = ({ shards, movingFrom = [] }: ShardRing): readonly string[] => [
  ...new Set([...shards, ...movingFrom]),
];

/** A ring document as `lib/runtime/shards/shard-ring.ts` reads it; equal shards give equal bytes in any order. */
function documentOf({ version, shards, movingFrom }: ShardRing): string {
  return JSON.stringify({
    format: 1,
    version,
    hash: 'sha256',
    virtualNodes: VIRTUAL_NODES,
    shards: [...shards].sort(),
    movingFrom: movingFrom && [...movingFrom].sort(),
  });
}

function rulesOf({ ring }: ShardedDatabaseProps): readonly Rule[] {
  return [
    wholeNumber('ring.version', ring.version, 1, Number.MAX_SAFE_INTEGER),
    ...shardRules('ring.shards', ring.shards),
    ...(ring.movingFrom === undefined ? [] : shardRules('ring.movingFrom', ring.movingFrom)),
    namesOf(ring).length > MOST_SHARDS && {
      path: 'ring',
      received: namesOf(ring).length,
      message: 'too many shards',
      fix: `use at most ${MOST_SHARDS}, those that keys are moved from included`,
    },
  ];
}

function shardRules(path: string, shards: readonly string[]): readonly Rule[] {
  return [
    (shards.length === 0 || new Set(shards).size !== shards.length) && {
      path,
      received: shards,
      message: 'not at least one shard, each once',
      fix: 'name each shard once',
    },
    ...shards.map((shard, number) =>
      matching(
        `${path}[${number}]`,
        shard,
        /^[a-z][a-z0-9]{0,14}$/,
        'use 1 to 15 lower-case letters and digits',
      ),
    ),
  ];
}
