import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type Colour, liveSettingName, registerTableName } from '../../lib/naming';
import { buildOutput } from '../compute/build-output';
import { assertRules, matching } from '../validation';
import { LiveSetting } from './live-setting';
import { addWakers } from './live-settings-events';
import { controllerRole } from './live-settings-role';

/** What a Region's controller keeps. */
export interface LiveSettingsControllerProps {
  /** Name of the application, from which the other names derive. */
  readonly application: string;
  /** Carrier of the weights: listener and target groups of a balancer of this stack. */
  readonly balancer: WeightedBalancer;
  /**
   * Names of the groups whose floors are kept.
   * @default - none
   */
  readonly groupNames?: readonly string[];
  /**
   * Table of the register, which keeps the lease of shifts.
   * @default - `<application>-register`
   */
  readonly registerTableName?: string;
  /**
   * Code of the function, with `index.handler`.
   * @default - the controller built by `npm run build`
   */
  readonly code?: lambda.Code;
}

/** A balancer with weights, such as BlueGreenBalancer or NetworkBalancer. */
export interface WeightedBalancer {
  readonly listener: { readonly listenerArn: string };
  readonly targetGroups: Readonly<Record<Colour, { readonly targetGroupArn: string }>>;
}

/**
 * Keeps the live settings of a Region (law 4). CloudFormation puts the weights of the template into a listener that it
 * updates (aws-cdk #36649), in a deploy and in its rollback; this function puts back what is stored, woken by every
 * event of its stack, its listeners and groups, by changes of the stored values, and each five minutes for the events
 * that never came. While a deploy runs it holds the lease without which no shift moves the weights.
 */
export class LiveSettingsController extends Construct implements iam.IGrantable {
  readonly function: lambda.Function;
  readonly grantPrincipal: iam.IPrincipal;
  /** Weights of the colours; grant its writing to whatever shifts traffic. */
  readonly weights: LiveSetting;
  /** Floors by name of the group. */
  readonly floors: Readonly<Record<string, LiveSetting>>;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: LiveSettingsControllerProps) {
    super(scope, id);
    const groups = props.groupNames ?? [];
    assertRules(
      `LiveSettingsController ${this.node.path}`,
      groups.map((name, at) =>
        matching(
          `groupNames[${at}]`,
          name,
          /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/,
          'use the name of a group, without slash or comma',
        ),
      ),
    );
    const { application } = props;
    this.weights = new LiveSetting(this, 'Weights', {
      application,
      name: 'weights',
      range: { kind: 'weights', minimum: 0, maximum: 999 },
    });
    this.floors = Object.fromEntries(
      groups.map(name => [
        name,
        new LiveSetting(this, `Floor-${name}`, {
          application,
          name: `floor/${name}`,
          range: { kind: 'number', minimum: 0, maximum: 10_000 },
        }),
      ]),
    );
    this.function = this.declareFunction(props, groups);
    this.grantPrincipal = this.function.grantPrincipal;
    addWakers(this, this.function, application);
  }

  /** Errors of the function; sum. While it fails, a deploy may leave weights that nobody has chosen. */
  metricErrors(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.function.metricErrors({ period: Duration.minutes(5), ...props });
  }

  private declareFunction(props: LiveSettingsControllerProps, groups: readonly string[]): lambda.Function {
    const { application, balancer } = props;
    const tableName = props.registerTableName ?? registerTableName(application);
    const stack = Stack.of(this);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = controllerRole(this, {
      listenerArn: balancer.listener.listenerArn,
      groupNames: groups,
      tableArn: stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName: tableName }),
      stackArn: stackArnPattern(stack),
    });
    logGroup.grantWrite(role);
    for (const setting of [this.weights, ...Object.values(this.floors)]) setting.grantRead(role);
    this.weights.grantBirth(role);
    return new lambda.Function(this, 'Handler', {
      description: `Puts the live settings of ${application} back after deploys`,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: props.code ?? lambda.Code.fromAsset(buildOutput('bundles/live-settings'), { exclude: ['*.map'] }),
      role,
      logGroup,
      memorySize: 512,
      timeout: Duration.minutes(1),
      environment: {
        HOLDFAST_REGISTER_TABLE: tableName,
        HOLDFAST_STACK: stack.stackName,
        HOLDFAST_SETTINGS: liveSettingName(application, '').replace(/\/$/, ''),
        HOLDFAST_LISTENER: balancer.listener.listenerArn,
        HOLDFAST_BLUE: balancer.targetGroups.blue.targetGroupArn,
        HOLDFAST_GREEN: balancer.targetGroups.green.targetGroupArn,
        ...(groups.length === 0 ? {} : { HOLDFAST_FLOORS: groups.join(',') }),
      },
    });
  }
}

/** The stack by name, with whatever id it has. */
function stackArnPattern(stack: Stack): string {
  return stack.formatArn({
    service: 'cloudformation',
    resource: 'stack',
    resourceName: `${stack.stackName}/*`,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
}
