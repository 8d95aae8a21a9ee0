import { Stack } from 'aws-cdk-lib';
import type { MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import {
  AttributeType,
  type ITableV2,
  StreamViewType,
  TableEncryptionV2,
  type TablePropsV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { HoldfastError } from '../../lib/errors';
import { KEEP_ONCE_BORN } from '../removal';
import { assertRules } from '../validation';
import { StreamSources } from './stream-source';
import { StreamWorker } from './stream-worker';
import type { StreamWorkerOptions } from './stream-worker-props';

/** Properties of an {@link EventStore}. */
export interface EventStoreProps {
  /**
   * Other Regions that hold a copy, each a second or so behind. Name them in the one stack that owns the store. Only
   * the active Region appends: the versions are checked in the Region that writes.
   * @default - none
   */
  readonly replicaRegions?: readonly string[];
}

/** How a projection is fed; see {@link StreamWorkerOptions}. */
export type ProjectionOptions = StreamWorkerOptions;

/** Readers that a DynamoDB stream bears without throttling them. */
const MOST_PROJECTIONS = 2;

/**
 * A store of events: appended with the version that the writer expects, never changed and never removed. State comes
 * of replaying a stream, from its last snapshot on; projections follow the stream of changes, and can be made anew
 * from the events at any time. `lib/runtime/events/event-store` is the other half.
 */
export class EventStore extends Construct {
  /** The events, by stream and version. */
  readonly events: ITableV2;
  /** The last snapshot of each stream. */
  readonly snapshots: ITableV2;
  private projections = 0;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: EventStoreProps = {}) {
    super(scope, id);
    const replicas = props.replicaRegions ?? [];
    const region = Stack.of(this).region;
    assertRules(
      `EventStore ${this.node.path}`,
      replicas.map(
        (replica, index) =>
          (replica === region || replicas.indexOf(replica) !== index) && {
            path: `replicaRegions[${index}]`,
            received: replica,
            message: 'holds a copy already',
            fix: 'name every other Region once',
          },
      ),
    );
    this.events = this.createTable('Events', replicas, {
      partitionKey: { name: 'stream', type: AttributeType.STRING },
      sortKey: { name: 'version', type: AttributeType.NUMBER },
      dynamoStream: replicas.length > 0 ? StreamViewType.NEW_AND_OLD_IMAGES : StreamViewType.NEW_IMAGE,
    });
    this.snapshots = this.createTable('Snapshots', replicas, {
      partitionKey: { name: 'stream', type: AttributeType.STRING },
    });
  }

  /** Lets `grantee` append and load: put events and check versions, and neither change nor remove any. */
  grantAppend(grantee: IGrantable): Grant {
    const append = Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:PutItem', 'dynamodb:ConditionCheckItem', 'dynamodb:Query'],
      resourceArns: [this.events.tableArn],
    });
    const snapshots = Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
      resourceArns: [this.snapshots.tableArn],
    });
    return append.combine(snapshots);
  }

  /** Lets `grantee` read events and snapshots. */
  grantRead(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan'],
      resourceArns: [this.events.tableArn, this.snapshots.tableArn],
    });
  }

  /** What a process needs to know of the store. */
  environment(): Readonly<Record<string, string>> {
    return { EVENT_TABLE: this.events.tableName, SNAPSHOT_TABLE: this.snapshots.tableName };
  }

  /**
   * Adds a projection: a worker that is handed each event in the order of its stream, may read all of them to make its
   * read model anew, and finds the tables in `EVENT_TABLE` and `SNAPSHOT_TABLE`.
   *
   * @throws HoldfastError `invalid-input` for a third one: a DynamoDB stream bears two readers
   */
  addProjection(id: string, options: ProjectionOptions): StreamWorker {
    this.projections += 1;
    if (this.projections > MOST_PROJECTIONS) {
      throw new HoldfastError('invalid-input', `invalid projection of EventStore ${this.node.path}`, [
        {
          path: id,
          received: this.projections,
          message: `a DynamoDB stream bears ${MOST_PROJECTIONS} readers; more throttle each other`,
          fix: 'let one projection feed several read models',
        },
      ]);
    }
    const worker = new StreamWorker(this, id, {
      ...options,
      environment: { ...options.environment, ...this.environment() },
      source: StreamSources.table(this.events),
    });
    this.grantRead(worker);
    return worker;
  }

  /** Appends that were refused, since the stream had moved on; sum. */
  metricConflicts(options?: MetricOptions) {
    return this.events.metricConditionalCheckFailedRequests(options);
  }

  private createTable(id: string, replicas: readonly string[], props: TablePropsV2): TableV2 {
    return new TableV2(this, id, {
      ...props,
      encryption: TableEncryptionV2.awsManagedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: KEEP_ONCE_BORN,
      replicas: replicas.map(region => ({ region, deletionProtection: true })),
    });
  }
}
