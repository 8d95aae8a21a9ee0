import { Annotations, type ITaggable, Lazy, Stack, type TagManager, Token } from 'aws-cdk-lib';
import { CfnGlobalTable } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { KEEP_ONCE_BORN } from '../removal';
import { type IRegister, NamedRegister, RegisterAccess } from './register-access';
import { PARTITION_KEY } from './register-keys';
import { validateRegister } from './register-validation';
import { replicaTags } from './replica-tags';

/** How the table's Regions agree; fixed when the table is born. */
export type RegisterConsistency =
  | {
      /** A write is in two of three Regions before it is acknowledged; a read sees the last of them. */
      readonly kind: 'strong';
      /**
       * Region that votes and stores no readable copy; needed with two Regions, refused with three.
       * @default - none; the three Regions of the table vote
       */
      readonly witness?: string;
    }
  | {
      /**
       * The last writer wins, and a condition is judged on the local copy alone: two Regions that cannot see each other
       * can both raise one epoch to the next. So **this register cannot fence a partition**; moves are manual only. The
       * label is on the table in every Region, in the template and in a warning of the synth.
       */
      readonly kind: 'eventual';
      readonly witness?: never;
    };

/** What an eventual register says of itself, on the table of every Region. */
const LABEL = { key: 'holdfast:register', value: 'cannot fence a partition' } as const;

/** Properties of a {@link Register}. */
export interface RegisterProps {
  /** Name on which all Regions agree; see `registerTableName` in lib/naming. */
  readonly tableName: string;
  /** Regions that hold a copy, that of this stack first or anywhere. */
  readonly regions: readonly string[];
  /** How the Regions agree. */
  readonly consistency: RegisterConsistency;
}

/**
 * The register of law 6: which Region is active, under which epoch, in which phase; with the drill lock beside it.
 *
 * One stack owns the table with its copies in every Region: the foundation of the seed. Every other Region reads its
 * own copy by name ({@link Register.fromTableName}), and so depends on no stack of another Region. Encryption is by
 * the key that DynamoDB owns: a fence that can be read only while KMS answers would be a weaker fence.
 */
export class Register extends RegisterAccess implements ITaggable {
  /** This Region's copy of the table, owned by the seed's foundation stack. */
  static fromTableName(scope: Construct, id: string, tableName: string): IRegister {
    return new NamedRegister(scope, id, tableName);
  }

  readonly tableName: string;
  readonly tableArn: string;
  /** Whether a Region that is cut off can be kept from writing: only by a strong register. */
  readonly canFencePartition: boolean;
  /** Tags of the copy in every Region; `Tags.of` reaches them. */
  readonly tags: TagManager;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: RegisterProps) {
    const { region } = Stack.of(scope);
    const known = Token.isUnresolved(region) ? undefined : region;
    validateRegister(`Register ${scope.node.path}/${id}`, props, known);
    super(scope, id);
    this.canFencePartition = props.consistency.kind === 'strong';
    const { consistency } = props;
    this.tags = replicaTags(consistency.kind === 'eventual' ? [LABEL] : []);
    const table = new CfnGlobalTable(this, 'Table', {
      tableName: props.tableName,
      billingMode: 'PAY_PER_REQUEST',
      attributeDefinitions: [{ attributeName: PARTITION_KEY, attributeType: 'S' }],
      keySchema: [{ attributeName: PARTITION_KEY, keyType: 'HASH' }],
      replicas: Lazy.any({ produce: () => this.replicas(props.regions) }),
      ...(consistency.kind === 'strong'
        ? {
            multiRegionConsistency: 'STRONG',
            ...(consistency.witness === undefined
              ? {}
              : { globalTableWitnesses: [{ region: consistency.witness }] }),
          }
        : {
            multiRegionConsistency: 'EVENTUAL',
            streamSpecification: { streamViewType: 'NEW_AND_OLD_IMAGES' },
          }),
    });
    table.applyRemovalPolicy(KEEP_ONCE_BORN);
    if (consistency.kind === 'eventual') {
      table.addMetadata('holdfast', { register: LABEL.value });
      Annotations.of(this).addWarningV2(
        'holdfast:register-eventual',
        'this register cannot fence a partition: move between Regions by hand, and only when the other one is stopped',
      );
    }
    this.tableName = props.tableName;
    this.tableArn = table.attrArn;
  }

  private replicas(regions: readonly string[]): CfnGlobalTable.ReplicaSpecificationProperty[] {
    return regions.map(region => ({
      region,
      deletionProtectionEnabled: true,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      tags: this.tags.renderTags(),
    }));
  }
}
