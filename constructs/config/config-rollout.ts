import { ArnFormat, Stack } from 'aws-cdk-lib';
import {
  CfnApplication,
  CfnConfigurationProfile,
  CfnDeployment,
  CfnDeploymentStrategy,
  CfnEnvironment,
  CfnHostedConfigurationVersion,
} from 'aws-cdk-lib/aws-appconfig';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant, type IGrantable, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge';
import { assertRules, matching } from '../validation';
import {
  assertValidContent,
  canonicalJson,
  contentHash,
  type Json,
  type JsonSchema,
} from './configuration-content';
import { assertValidFeatureFlags } from './feature-flags';
import { assertOnlyRollout } from './only-rollout';
import { type RolloutStrategy, type RolloutStrategyName, resolveStrategy } from './rollout-strategy';

/** What a rollout needs of a caller that knows its names. */
export interface ConfigRolloutOptions {
  /** Alarms of this Region; while one of them is in alarm, a rollout is taken back. At least one. */
  readonly monitors: readonly IAlarm[];
}

/** Properties of a {@link ConfigRollout}. */
export interface ConfigRolloutProps extends ConfigRolloutOptions {
  /** Name of the AppConfig application, by which run times find it. */
  readonly applicationName: string;
  /** Name of the environment. */
  readonly environmentName: string;
}

/** A configuration and how it is rolled out. */
export type ConfigurationOptions = {
  /**
   * How it spreads.
   * @default 'careful'
   */
  readonly strategy?: RolloutStrategyName | RolloutStrategy;
  /**
   * A function that AppConfig asks before each rollout, for what no schema can say; it throws to refuse, within 15 s.
   * @default - none
   */
  readonly validator?: IFunction;
} & (
  | {
      /** JSON of your own shape. */
      readonly kind: 'freeform';
      /** JSON Schema (draft 4) that AppConfig and the synth check the content with. */
      readonly schema: JsonSchema;
      readonly content: Json;
    }
  | {
      /** A feature-flag document of AppConfig. */
      readonly kind: 'feature-flags';
      readonly schema?: never;
      readonly content: Json;
    }
);

/**
 * AppConfig for one environment of a Region: content that was checked at synth, rolled out in steps under the watch
 * of alarms, and taken back when one fires.
 *
 * New content makes a new version and a new deployment, named by the content; the same content starts nothing.
 * AppConfig runs one deployment of an environment at a time, so the deployments here follow each other. For the same
 * reason one environment belongs to one construct.
 *
 * It has no metrics: AppConfig publishes none of a deployment. What watches it are its monitors, and what a process
 * holds, and for how long, stands in its own `/readyz` and log.
 */
export class ConfigRollout extends Construct {
  /** Name of the application. */
  readonly applicationName: string;
  /** Name of the environment. */
  readonly environmentName: string;
  private readonly application: CfnApplication;
  private readonly environment: CfnEnvironment;
  private readonly profiles: CfnConfigurationProfile[] = [];
  private lastDeployment?: CfnDeployment;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: ConfigRolloutProps) {
    super(scope, id);
    assertRules(`ConfigRollout ${this.node.path}`, [
      matching('applicationName', props.applicationName, /^.{1,64}$/, 'use 1 to 64 characters'),
      matching('environmentName', props.environmentName, /^.{1,64}$/, 'use 1 to 64 characters'),
      (props.monitors.length === 0 || props.monitors.length > 5) && {
        path: 'monitors',
        received: props.monitors.length,
        message: 'a rollout that no alarm watches cannot be taken back, and AppConfig watches 5 at the most',
        fix: 'name 1 to 5 alarms of this Region',
      },
    ]);
    assertOnlyRollout(this, props);
    this.applicationName = props.applicationName;
    this.environmentName = props.environmentName;
    this.application = new CfnApplication(this, 'Application', { name: props.applicationName });
    const alarmRoleArn = this.createMonitorRole().roleArn;
    this.environment = new CfnEnvironment(this, 'Environment', {
      applicationId: this.application.ref,
      name: props.environmentName,
      monitors: props.monitors.map(alarm => ({ alarmArn: alarm.alarmArn, alarmRoleArn })),
    });
  }

  /**
   * Adds a configuration; its rollout begins after that of the one added before.
   *
   * @returns what a run time asks for: `<application>/<environment>/<profile>`
   * @throws HoldfastError `invalid-input` with every problem of the content, by JSON pointer
   */
  addConfiguration(name: string, options: ConfigurationOptions): string {
    const place = `ConfigRollout ${this.node.path}, configuration ${name}`;
    const strategy = resolveStrategy(place, options.strategy);
    if (options.kind === 'freeform') assertValidContent(place, options.schema, options.content);
    else assertValidFeatureFlags(place, options.content);
    const scope = new Construct(this, name);
    const profile = new CfnConfigurationProfile(scope, 'Profile', {
      applicationId: this.application.ref,
      name,
      locationUri: 'hosted',
      type: options.kind === 'freeform' ? 'AWS.Freeform' : 'AWS.AppConfig.FeatureFlags',
      validators: validatorsOf(options),
    });
    this.profiles.push(profile);
    if (options.validator !== undefined) this.allowValidation(profile, options.validator);
    this.deploy(scope, { profile, content: canonicalJson(options.content), strategy });
    return `${this.applicationName}/${this.environmentName}/${name}`;
  }

  /** Lets `grantee` read the configurations that have been added so far. */
  grantRead(grantee: IGrantable): Grant {
    const environment = `${this.application.ref}/environment/${this.environment.attrEnvironmentId}`;
    return Grant.addToPrincipal({
      grantee,
      actions: ['appconfig:StartConfigurationSession', 'appconfig:GetLatestConfiguration'],
      resourceArns: this.profiles.map(profile =>
        Stack.of(this).formatArn({
          service: 'appconfig',
          resource: 'application',
          resourceName: `${environment}/configuration/${profile.attrConfigurationProfileId}`,
          arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
        }),
      ),
    });
  }

  private deploy(
    scope: Construct,
    parts: {
      readonly profile: CfnConfigurationProfile;
      readonly content: string;
      readonly strategy: RolloutStrategy;
    },
  ): void {
    const hash = contentHash(parts.content);
    const version = new CfnHostedConfigurationVersion(scope, `Version${hash}`, {
      applicationId: this.application.ref,
      configurationProfileId: parts.profile.ref,
      content: parts.content,
      contentType: 'application/json',
    });
    const deployment = new CfnDeployment(scope, `Deployment${hash}`, {
      applicationId: this.application.ref,
      environmentId: this.environment.ref,
      configurationProfileId: parts.profile.ref,
      configurationVersion: version.ref,
      deploymentStrategyId: this.strategyId(parts.strategy),
    });
    if (this.lastDeployment !== undefined) deployment.addResourceDependency(this.lastDeployment);
    this.lastDeployment = deployment;
  }

  /** Without this AppConfig cannot ask the function, and refuses every rollout. */
  private allowValidation(profile: CfnConfigurationProfile, validator: IFunction): void {
    validator.addPermission(`Validation-${profile.node.addr}`, {
      // The whole name: unlike a role, a permission does not complete it.
      principal: new ServicePrincipal(ServicePrincipal.servicePrincipalName('appconfig')),
      sourceAccount: Stack.of(this).account,
    });
    profile.node.addDependency(validator);
  }

  private strategyId(strategy: RolloutStrategy): string {
    const id = `Strategy-${strategy.name}`;
    const existing = this.node.tryFindChild(id) as CfnDeploymentStrategy | undefined;
    const declared =
      existing ??
      new CfnDeploymentStrategy(this, id, {
        name: `${this.applicationName}-${strategy.name}`,
        deploymentDurationInMinutes: strategy.duration.toMinutes(),
        growthFactor: strategy.growthPercent,
        growthType: strategy.growth === 'exponential' ? 'EXPONENTIAL' : 'LINEAR',
        finalBakeTimeInMinutes: strategy.bake.toMinutes(),
        replicateTo: 'NONE',
      });
    return declared.ref;
  }

  private createMonitorRole(): Role {
    const role = new Role(this, 'Monitor', {
      description: 'Lets AppConfig read the alarms that watch a rollout',
      assumedBy: new ServicePrincipal('appconfig'),
    });
    role.addToPolicy(new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] }));
    acknowledge(
      role,
      'AwsSolutions-IAM5[Resource::*]',
      'Reading alarm states is all the role can do, and AppConfig asks for them without a resource.',
    );
    return role;
  }
}

function validatorsOf(
  options: ConfigurationOptions,
): CfnConfigurationProfile.ValidatorsProperty[] | undefined {
  const validators = [
    ...(options.kind === 'freeform' ? [{ type: 'JSON_SCHEMA', content: canonicalJson(options.schema) }] : []),
    ...(options.validator === undefined ? [] : [{ type: 'LAMBDA', content: options.validator.functionArn }]),
  ];
  return validators.length === 0 ? undefined : validators;
}
