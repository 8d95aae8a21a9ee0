import { HoldfastError } from '../../errors';
import {
  attributeOf,
  type Companion,
  madeUpName,
  type Named,
  type ResourceMapping,
} from '../resource-mapping';
import { elsewhere, left, pairs, same, TAGS } from '../rule';
import {
  type Arguments,
  type Draft,
  Expression,
  Interpolation,
  isRecord,
  jsonencode,
  type Term,
} from '../term';

/** `aws_secretsmanager_secret.x`, from what the template says of a dynamic reference into it. */
function secretOf(reference: Term | undefined): string | undefined {
  if (!(reference instanceof Interpolation)) return undefined;
  const [before, secret] = reference.parts;
  if (typeof before !== 'string' || !before.startsWith('{{resolve:secretsmanager:')) return undefined;
  return secret instanceof Expression
    ? secret.code.replace(/^aws_secretsmanager_secret\.(\w+)\.arn$/, '$1')
    : undefined;
}

/**
 * The break-glass password goes from the secret to the cluster without standing in any plan or state: both sides are
 * write-only. A secondary has no credentials, since they come with the replication.
 */
function credentials(args: Arguments, properties: Arguments, resource: Named): Draft {
  const kept = {
    ...args,
    final_snapshot_identifier: `${resource.application}-${resource.name.replaceAll('_', '-')}-final`,
  };
  if (properties.MasterUserPassword === undefined) return kept;
  const secret = secretOf(properties.MasterUserPassword);
  if (secret === undefined || secretOf(properties.MasterUsername) !== secret) {
    throw new HoldfastError('invalid-input', 'the credentials of a cluster are not those of a secret', [
      {
        path: resource.address,
        message: 'a password would stand in the state',
        fix: 'let MasterUsername and MasterUserPassword refer to one secret of the Region',
      },
    ]);
  }
  const generate = resource.lookUp(`aws_secretsmanager_secret.${secret}`)?.GenerateSecretString;
  const template = isRecord(generate) ? String(generate.SecretStringTemplate ?? '{}') : '{}';
  const stored = `jsondecode(ephemeral.aws_secretsmanager_secret_version.${secret}_stored.secret_string)`;
  return {
    ...kept,
    master_username: (JSON.parse(template) as Readonly<Record<string, string>>).username,
    master_password_wo: new Expression(`${stored}.password`),
    master_password_wo_version: 1,
  };
}

/** Generates the secret as the template asks, stores it, and reads it again for whom it is meant. */
const generated: Companion = {
  property: 'GenerateSecretString',
  make: (value, { main, translate }) => {
    if (!isRecord(value)) return [];
    const { GenerateStringKey: key, SecretStringTemplate: template, ...asked } = value;
    const rules = { ...same('PasswordLength ExcludePunctuation') };
    const password = `ephemeral.aws_secretsmanager_random_password.${main.name}_generated.random_password`;
    const fields = {
      ...(JSON.parse(String(template ?? '{}')) as Arguments),
      [String(key)]: new Expression(password),
    };
    return [
      {
        kind: 'ephemeral',
        type: 'aws_secretsmanager_random_password',
        suffix: 'generated',
        arguments: translate(asked, rules),
      },
      {
        type: 'aws_secretsmanager_secret_version',
        suffix: 'value',
        arguments: {
          secret_id: attributeOf(main.address, 'id'),
          secret_string_wo: jsonencode(fields),
          secret_string_wo_version: 1,
        },
      },
      {
        kind: 'ephemeral',
        type: 'aws_secretsmanager_secret_version',
        suffix: 'stored',
        arguments: {
          secret_id: attributeOf(`aws_secretsmanager_secret_version.${main.name}_value`, 'secret_id'),
        },
      },
    ];
  },
};

/** The global database, its members and its secret. */
export const DATABASE: Readonly<Record<string, ResourceMapping>> = {
  'AWS::SecretsManager::Secret': {
    type: 'aws_secretsmanager_secret',
    ref: 'arn',
    properties: { ...same('Description KmsKeyId Name'), GenerateSecretString: elsewhere, ...TAGS },
    companions: [generated],
  },
  'AWS::RDS::DBSubnetGroup': {
    type: 'aws_db_subnet_group',
    ref: 'name',
    properties: {
      ...same('SubnetIds'),
      DBSubnetGroupDescription: 'description',
      DBSubnetGroupName: 'name',
      Tags: pairs('tags'),
    },
    complete: (args, _properties, resource) => ({ name: madeUpName(resource), ...args }),
  },
  'AWS::RDS::DBClusterParameterGroup': {
    type: 'aws_rds_cluster_parameter_group',
    ref: 'name',
    properties: {
      ...same('Description Family'),
      Parameters: {
        argument: 'parameter',
        convert: map =>
          isRecord(map) ? Object.entries(map).map(([name, value]) => ({ name, value })) : undefined,
      },
      Tags: pairs('tags'),
    },
    complete: (args, _properties, resource) => ({ name: madeUpName(resource), ...args }),
  },
  'AWS::RDS::GlobalCluster': {
    type: 'aws_rds_global_cluster',
    properties: {
      ...same('DeletionProtection Engine EngineVersion GlobalClusterIdentifier StorageEncrypted'),
      Tags: pairs('tags'),
    },
  },
  'AWS::RDS::DBCluster': {
    type: 'aws_rds_cluster',
    attributes: {
      DBClusterArn: 'arn',
      DBClusterResourceId: 'cluster_resource_id',
      'Endpoint.Address': 'endpoint',
      'Endpoint.Port': 'port',
      'ReadEndpoint.Address': 'reader_endpoint',
    },
    properties: {
      ...same(
        'BackupRetentionPeriod CopyTagsToSnapshot DatabaseName DeletionProtection Engine EngineVersion',
      ),
      ...same('GlobalClusterIdentifier KmsKeyId Port StorageEncrypted VpcSecurityGroupIds'),
      AutoMinorVersionUpgrade: left('each instance says it; Terraform has no argument on the cluster'),
      DBClusterIdentifier: 'cluster_identifier',
      DBClusterParameterGroupName: 'db_cluster_parameter_group_name',
      DBSubnetGroupName: 'db_subnet_group_name',
      EnableCloudwatchLogsExports: 'enabled_cloudwatch_logs_exports',
      EnableIAMDatabaseAuthentication: 'iam_database_authentication_enabled',
      MasterUsername: elsewhere,
      MasterUserPassword: elsewhere,
      Tags: pairs('tags'),
    },
    complete: credentials,
  },
  'AWS::RDS::DBInstance': {
    type: 'aws_rds_cluster_instance',
    properties: {
      ...same('AutoMinorVersionUpgrade CopyTagsToSnapshot Engine MonitoringInterval MonitoringRoleArn'),
      ...same('PerformanceInsightsRetentionPeriod PromotionTier PubliclyAccessible'),
      DBClusterIdentifier: 'cluster_identifier',
      DBInstanceClass: 'instance_class',
      DBInstanceIdentifier: 'identifier',
      EnablePerformanceInsights: 'performance_insights_enabled',
      PerformanceInsightsKMSKeyId: 'performance_insights_kms_key_id',
      Tags: pairs('tags'),
    },
  },
};
