import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { type IStream, Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import { Construct } from 'constructs';
import { HoldfastError } from '../../lib/errors';
import { assertRules, wholeNumber } from '../validation';
import { AnalyticsFeed } from './analytics-feed';
import type { AnalyticsFeedOptions } from './analytics-feed-props';
import { type KinesisSourceOptions, type StreamSource, StreamSources } from './stream-source';
import { StreamWorker } from './stream-worker';
import type { StreamWorkerOptions } from './stream-worker-props';

/** Properties of a {@link ChangeFeed}: the changes of a table, or those that an outbox publishes. */
export type ChangeFeedProps =
  | {
      /** A DynamoDB table with a stream of new and old images. Two readers at the most. */
      readonly table: ITable;
      readonly retention?: never;
    }
  | {
      readonly table?: never;
      /**
       * How long published changes are kept, 1 to 365 days.
       * @default Duration.days(7)
       */
      readonly retention?: Duration;
    };

/** A consumer of changes; see {@link StreamWorkerOptions}. */
export interface ChangeConsumerOptions extends StreamWorkerOptions, KinesisSourceOptions {}

/** Readers that a DynamoDB stream bears without throttling them. */
const MOST_TABLE_READERS = 2;

/**
 * What changes is told to whoever keeps something made of it: invalidators of caches, read models, and the analytics
 * feed, so that a report never asks the primary. Consumers get each change at least once, those of one key in order.
 *
 * The relay of an outbox publishes by `publishChanges` of `lib/runtime/changes/change-publisher`, and closes its rows after.
 */
export class ChangeFeed extends Construct {
  /** Where an outbox publishes; absent where a table is the source. */
  readonly stream?: IStream;
  private readonly table?: ITable;
  private readers = 0;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: ChangeFeedProps = {}) {
    super(scope, id);
    if (props.table !== undefined) {
      this.table = props.table;
      return;
    }
    const retention = props.retention ?? Duration.days(7);
    assertRules(`ChangeFeed ${this.node.path}`, [
      wholeNumber('retention (hours)', retention.toHours({ integral: false }), 24, 8760),
    ]);
    this.stream = new Stream(this, 'Changes', {
      streamMode: StreamMode.ON_DEMAND,
      retentionPeriod: retention,
      encryption: StreamEncryption.MANAGED,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /**
   * Adds a consumer. It gets what the source holds: the whole record of a DynamoDB stream, or the change itself;
   * `changeOf` of `lib/runtime/changes/change` reads both.
   *
   * @throws HoldfastError `invalid-input` with every wrong value, and for a third reader of a table
   */
  addConsumer(id: string, options: ChangeConsumerOptions): StreamWorker {
    return new StreamWorker(this, id, { ...options, source: this.source(id, options) });
  }

  /**
   * Adds the analytics feed: rows in Parquet in a bucket, a table over them, and a workgroup to ask by.
   *
   * @throws HoldfastError `invalid-input` with every wrong value, and for a third reader of a table
   */
  addAnalytics(id: string, options: AnalyticsFeedOptions): AnalyticsFeed {
    return new AnalyticsFeed(this, id, { ...options, source: this.source(id) });
  }

  /**
   * Lets `grantee` publish the changes of an outbox.
   *
   * @throws HoldfastError `invalid-input` where a table is the source
   */
  grantPublish(grantee: IGrantable): Grant {
    if (this.stream === undefined) {
      throw new HoldfastError('invalid-input', `ChangeFeed ${this.node.path} is fed by a table`, [
        {
          path: 'table',
          message: 'publishes its changes itself',
          fix: 'leave the table out to feed it by an outbox',
        },
      ]);
    }
    const put = Grant.addToPrincipal({
      grantee,
      actions: ['kinesis:PutRecords'],
      resourceArns: [this.stream.streamArn],
    });
    return put;
  }

  private source(id: string, options: KinesisSourceOptions = {}): StreamSource {
    if (this.stream !== undefined) return StreamSources.kinesis(this.stream, options);
    this.readers += 1;
    const broken = this.readers > MOST_TABLE_READERS;
    assertRules(`ChangeFeed ${this.node.path}, reader ${id}`, [
      broken && {
        path: id,
        received: this.readers,
        message: `a DynamoDB stream bears ${MOST_TABLE_READERS} readers; more throttle each other`,
        fix: 'let one consumer serve several, or publish by an outbox, whose stream bears more',
      },
      options.enhancedFanOut === true && {
        path: `${id}.enhancedFanOut`,
        received: true,
        message: 'a DynamoDB stream knows no readers of their own throughput',
        fix: 'leave it out',
      },
    ]);
    return StreamSources.table(this.table as ITable);
  }
}
