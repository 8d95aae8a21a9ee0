import { type CfnTag, type ITaggable, Lazy, Stack, type TagManager, Token } from 'aws-cdk-lib';
import { CfnGlobalTable } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { KEEP_ONCE_BORN } from '../removal';
import {
  GlobalTableAccess,
  type GlobalTableAttributes,
  type IGlobalTable,
  NamedGlobalTable,
} from './global-table-access';
import type {
  CapacityRange,
  GlobalTableCapacity,
  GlobalTableIndex,
  GlobalTableProps,
} from './global-table-props';
import { keyAttributes, validateGlobalTable } from './global-table-validation';
import { replicaTags } from './replica-tags';

/**
 * A DynamoDB table with a copy in every Region, each of which takes writes. **Eventually consistent**: the last
 * writer of an item wins, a condition is judged on the local copy alone, and what was written last may be missing
 * after the loss of a Region. So it fences nothing; the {@link Register} does.
 *
 * One stack owns the table with all copies: any in a Region that holds one, best the seed's. The others name it
 * ({@link GlobalTable.fromTableName}). Every copy is protected from deletion, so that taking a Region out of `regions`,
 * or the owner out of the app, deletes no data until a person has lifted the protection of that copy.
 */
export class GlobalTable extends GlobalTableAccess implements ITaggable {
  /** This Region's copy of a table that another Region's stack owns. */
  static fromTableName(scope: Construct, id: string, tableName: string): IGlobalTable {
    return new NamedGlobalTable(scope, id, { tableName });
  }

  /** As `fromTableName`, with the indexes, the key and the stream that grants are to cover. */
  static fromTableAttributes(scope: Construct, id: string, attributes: GlobalTableAttributes): IGlobalTable {
    return new NamedGlobalTable(scope, id, attributes);
  }

  readonly tableName: string;
  readonly tableArn: string;
  readonly tableStreamArn: string;
  /** Tags of the copy in every Region; `Tags.of` reaches them. */
  readonly tags: TagManager;
  protected readonly indexNames: readonly string[];
  protected readonly keyArn?: string;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: GlobalTableProps) {
    const { region } = Stack.of(scope);
    const known = Token.isUnresolved(region) ? undefined : region;
    validateGlobalTable(`GlobalTable ${scope.node.path}/${id}`, props, known);
    super(scope, id);
    this.tags = replicaTags(Object.entries(props.tags ?? {}).map(([key, value]) => ({ key, value })));
    const table = this.createTable(props);
    table.applyRemovalPolicy(KEEP_ONCE_BORN);
    this.tableName = props.tableName;
    this.tableArn = table.attrArn;
    this.tableStreamArn = table.attrStreamArn;
    this.indexNames = (props.indexes ?? []).map(index => index.name);
    this.keyArn = props.keyArns?.[region];
  }

  private createTable(props: GlobalTableProps): CfnGlobalTable {
    const { capacity = { kind: 'on-demand' }, indexes = [], keyArns } = props;
    const types = new Map(keyAttributes(props).map(({ name, type }) => [name, type]));
    return new CfnGlobalTable(this, 'Table', {
      tableName: props.tableName,
      attributeDefinitions: [...types].map(([attributeName, attributeType]) => ({
        attributeName,
        attributeType,
      })),
      keySchema: keySchema(props),
      multiRegionConsistency: 'EVENTUAL',
      // Replication reads the stream; consumers of changes may too.
      streamSpecification: { streamViewType: 'NEW_AND_OLD_IMAGES' },
      billingMode: capacity.kind === 'on-demand' ? 'PAY_PER_REQUEST' : 'PROVISIONED',
      ...writes(capacity),
      globalSecondaryIndexes:
        indexes.length === 0 ? undefined : indexes.map(index => secondaryIndex(index, capacity)),
      timeToLiveSpecification:
        props.timeToLiveAttribute === undefined
          ? undefined
          : { enabled: true, attributeName: props.timeToLiveAttribute },
      sseSpecification: keyArns === undefined ? undefined : { sseEnabled: true, sseType: 'KMS' },
      replicas: Lazy.any({
        produce: () => props.regions.map(region => replica(region, props, this.tags.renderTags())),
      }),
    });
  }
}

function replica(
  region: string,
  props: GlobalTableProps,
  tags: CfnTag[] | undefined,
): CfnGlobalTable.ReplicaSpecificationProperty {
  const { capacity = { kind: 'on-demand' }, indexes = [], keyArns } = props;
  const key = keyArns?.[region];
  return {
    region,
    deletionProtectionEnabled: true,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    sseSpecification: key === undefined ? undefined : { kmsMasterKeyId: key },
    ...reads(capacity),
    globalSecondaryIndexes:
      reads(capacity) === undefined || indexes.length === 0
        ? undefined
        : indexes.map(({ name }) => ({ indexName: name, ...reads(capacity) })),
    tags,
  };
}

/** Reads are settings of a copy, since each Region reads for itself. */
function reads(capacity: GlobalTableCapacity) {
  if (capacity.kind === 'provisioned') {
    return {
      readProvisionedThroughputSettings: { readCapacityAutoScalingSettings: scaling(capacity.reads) },
    };
  }
  return capacity.maximumReads === undefined
    ? undefined
    : { readOnDemandThroughputSettings: { maxReadRequestUnits: capacity.maximumReads } };
}

/** Writes are a setting of the table, since every Region's are replayed in every other. */
function writes(capacity: GlobalTableCapacity) {
  if (capacity.kind === 'provisioned') {
    return {
      writeProvisionedThroughputSettings: { writeCapacityAutoScalingSettings: scaling(capacity.writes) },
    };
  }
  return capacity.maximumWrites === undefined
    ? undefined
    : { writeOnDemandThroughputSettings: { maxWriteRequestUnits: capacity.maximumWrites } };
}

const scaling = ({ minimum, maximum, targetUtilization = 70 }: CapacityRange) => ({
  minCapacity: minimum,
  maxCapacity: maximum,
  targetTrackingScalingPolicyConfiguration: { targetValue: targetUtilization },
});

function secondaryIndex(
  index: GlobalTableIndex,
  capacity: GlobalTableCapacity,
): CfnGlobalTable.GlobalSecondaryIndexProperty {
  const { attributes = 'all' } = index;
  return {
    indexName: index.name,
    keySchema: keySchema(index),
    projection:
      attributes === 'all' || attributes === 'keys-only'
        ? { projectionType: attributes === 'all' ? 'ALL' : 'KEYS_ONLY' }
        : { projectionType: 'INCLUDE', nonKeyAttributes: [...attributes] },
    ...writes(capacity),
  };
}

const keySchema = ({ partitionKey, sortKey }: Pick<GlobalTableIndex, 'partitionKey' | 'sortKey'>) => [
  { attributeName: partitionKey.name, keyType: 'HASH' },
  ...(sortKey === undefined ? [] : [{ attributeName: sortKey.name, keyType: 'RANGE' }]),
];
