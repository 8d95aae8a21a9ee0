import { ArnFormat, Duration, Stack, Token } from 'aws-cdk-lib';
import { CfnBackupPlan, CfnBackupSelection, CfnBackupVault } from 'aws-cdk-lib/aws-backup';
import {
  Alarm,
  ComparisonOperator,
  Metric,
  type MetricOptions,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { type IRole, ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge';
import { KEEP_ONCE_BORN } from '../removal';
import { allowAlarms, sendAlarms } from './alarm-topic';
import type { BackupLifecycle, BackupPlanProps, BackupRule } from './backup-plan-props';
import { validateBackupPlan } from './backup-plan-validation';

/** Policies that AWS maintains for its backup service; the second holds what S3 needs. */
const MANAGED_POLICIES = [
  'service-role/AWSBackupServiceRolePolicyForBackup',
  'AWSBackupServiceRolePolicyForS3Backup',
] as const;

/** Ends of a job that leave no recovery point, or not a whole one. */
const BAD_ENDS = ['ABORTED', 'EXPIRED', 'FAILED', 'PARTIAL'] as const;

/**
 * Backups of a Region: a vault under the Region's key, a plan, what it covers, and a copy of every recovery point in
 * the vault of the same name in other Regions. Replication carries a mistake along within a second; a backup does not.
 *
 * The vault is kept when the stack goes, and so are its points: a vault that holds points cannot be deleted.
 */
export class BackupPlan extends Construct {
  /** Name of the vault, in this Region and in those of the copies. */
  readonly vaultName: string;
  /** ARN of this Region's vault. */
  readonly vaultArn: string;
  /** Role as which AWS Backup reads the resources. */
  readonly role: IRole;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: BackupPlanProps) {
    const { region } = Stack.of(scope);
    const known = Token.isUnresolved(region) ? undefined : region;
    validateBackupPlan(`BackupPlan ${scope.node.path}/${id}`, props, known);
    super(scope, id);
    const vault = this.createVault(props);
    this.vaultName = props.vaultName;
    this.vaultArn = vault.attrBackupVaultArn;
    this.role = this.createRole();
    const plan = this.createPlan(props, vault);
    this.createSelection(props, plan);
    this.createRule(props);
    if (props.expectedWithin !== undefined) this.createAlarm(props.expectedWithin, props.alarmTopic);
  }

  /** Backup jobs of this vault that failed. */
  metricJobsFailed(options?: MetricOptions): Metric {
    return this.metric('NumberOfBackupJobsFailed', options);
  }

  /** Backup jobs of this vault that ended well: their absence is the failure that no event tells of. */
  metricJobsCompleted(options?: MetricOptions): Metric {
    return this.metric('NumberOfBackupJobsCompleted', options);
  }

  /** A metric of this vault in the namespace `AWS/Backup`, summed unless asked otherwise. */
  metric(metricName: string, options?: MetricOptions): Metric {
    return new Metric({
      namespace: 'AWS/Backup',
      metricName,
      dimensionsMap: { BackupVaultName: this.vaultName },
      statistic: 'Sum',
      ...options,
    }).attachTo(this);
  }

  private createVault({ vaultName, encryptionKey, lock }: BackupPlanProps): CfnBackupVault {
    const vault = new CfnBackupVault(this, 'Vault', {
      backupVaultName: vaultName,
      encryptionKeyArn: encryptionKey.keyArn,
      lockConfiguration: lock && {
        minRetentionDays: lock.minimumRetention.toDays(),
        maxRetentionDays: lock.maximumRetention?.toDays(),
        changeableForDays: lock.changeableFor?.toDays(),
      },
    });
    vault.applyRemovalPolicy(KEEP_ONCE_BORN);
    return vault;
  }

  private createRole(): Role {
    const role = new Role(this, 'Role', {
      description: 'Lets AWS Backup read what the plan covers',
      assumedBy: new ServicePrincipal('backup', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      managedPolicies: MANAGED_POLICIES.map(name => ManagedPolicy.fromAwsManagedPolicyName(name)),
    });
    for (const name of MANAGED_POLICIES) {
      acknowledge(
        role,
        `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${name}]`,
        'The policy AWS maintains for its backup service, which alone may take the role; it grows with the service.',
      );
    }
    return role;
  }

  private createPlan(props: BackupPlanProps, vault: CfnBackupVault): CfnBackupPlan {
    return new CfnBackupPlan(this, 'Plan', {
      backupPlan: {
        backupPlanName: props.planName,
        backupPlanRule: props.rules.map(rule => this.planRule(rule, props.copyRegions ?? [], vault.ref)),
      },
    });
  }

  private planRule(
    rule: BackupRule,
    copyRegions: readonly string[],
    targetBackupVault: string,
  ): CfnBackupPlan.BackupRuleResourceTypeProperty {
    return {
      ruleName: rule.name,
      targetBackupVault,
      scheduleExpression: rule.schedule,
      startWindowMinutes: rule.startWindow?.toMinutes() ?? 60,
      completionWindowMinutes: rule.completionWindow?.toMinutes() ?? 480,
      enableContinuousBackup: rule.continuous ?? false,
      lifecycle: lifecycleOf(rule),
      copyActions: copyRegions.map(region => ({
        destinationBackupVaultArn: this.vaultArnIn(region),
        lifecycle: lifecycleOf(rule.copies ?? rule),
      })),
    };
  }

  /** By the agreed name, so that no Region's template refers to another's. */
  private vaultArnIn(region: string): string {
    return Stack.of(this).formatArn({
      service: 'backup',
      region,
      resource: 'backup-vault',
      resourceName: this.vaultName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  private createSelection({ selection, planName }: BackupPlanProps, plan: CfnBackupPlan): void {
    new CfnBackupSelection(this, 'Selection', {
      backupPlanId: plan.ref,
      backupSelection: {
        selectionName: planName,
        iamRoleArn: this.role.roleArn,
        resources: selection.resourceArns && [...selection.resourceArns],
        listOfTags: Object.entries(selection.tags ?? {}).map(([conditionKey, conditionValue]) => ({
          conditionType: 'STRINGEQUALS',
          conditionKey,
          conditionValue,
        })),
      },
    });
  }

  private createRule({ alarmTopic }: BackupPlanProps): void {
    new Rule(this, 'Failures', {
      description: 'Backup and copy jobs of this Region that left no whole recovery point',
      eventPattern: {
        source: ['aws.backup'],
        detailType: ['Backup Job State Change', 'Copy Job State Change'],
        detail: { state: [...BAD_ENDS] },
      },
      targets: [new SnsTopic(alarmTopic)],
    });
    // The target has just given the topic a policy, and with it taken away what other alarms relied on.
    allowAlarms(alarmTopic);
  }

  /** Days without a good job in a row; a day without data is one, since the metric is only there when jobs are. */
  private createAlarm(within: Duration, topic: ITopic): void {
    const alarm = new Alarm(this, 'Missing', {
      alarmDescription: `No backup in ${this.vaultName} has ended well for ${within.toDays()} day(s)`,
      metric: this.metricJobsCompleted({ period: Duration.days(1) }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: within.toDays(),
      treatMissingData: TreatMissingData.BREACHING,
    });
    sendAlarms([alarm], topic);
  }
}

const lifecycleOf = ({ deleteAfter, coldStorageAfter }: BackupLifecycle) => ({
  deleteAfterDays: deleteAfter.toDays(),
  moveToColdStorageAfterDays: coldStorageAfter?.toDays(),
});
