import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { type Grant, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { releaseNames } from '../../lib/naming';
import { buildOutput } from '../compute/build-output';
import { acknowledge } from '../policy/acknowledge';
import { findingArn } from '../policy/finding-arn';
import { assertRules, matching, type Rule } from '../validation';
import { releaseRole } from './release-role';

/** What a controller of releases needs of a caller that knows its place. */
export interface ReleaseControllerOptions {
  /**
   * Name of the state machine, one an account and Region.
   * @default - `<application>-release`
   */
  readonly stateMachineName?: string;
  /**
   * Table of the register.
   * @default - `<application>-register`
   */
  readonly registerTableName?: string;
  /**
   * Code of the step's function, with `index.handler`.
   * @default - the step built by `npm run build`
   */
  readonly code?: lambda.Code;
}

/** Properties of a {@link ReleaseController}. */
export interface ReleaseControllerProps extends ReleaseControllerOptions {
  /** Name of the application, from which the other names derive. */
  readonly application: string;
  /** Regions of the topology, each with its own name of the service, at which a Region without clients is probed. */
  readonly regionHosts: Readonly<Record<string, string>>;
}

/**
 * Leads releases to their end without an operator's machine: a state machine that waits, makes one step, and looks whether that was
 * the last. The step is the turn that `holdfast release` makes, over the same item beside the register, so that either follows the
 * other when it has died.
 *
 * Put it into a Region that is not the active one: it calls every Region, by agreed names and no reference (law 3).
 */
export class ReleaseController extends Construct {
  readonly function: lambda.Function;
  readonly stateMachine: sfn.StateMachine;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: ReleaseControllerProps) {
    super(scope, id);
    assertRules(`ReleaseController ${this.node.path}`, rulesOf(props));
    this.function = this.declareFunction(props);
    this.stateMachine = this.declareMachine(props);
  }

  /** Lets `grantee` start an execution, which goes on with the release that is under way; and stop one. */
  grantStart(grantee: IGrantable): Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }

  /** Executions that failed; sum. A release that they led then has no controller. */
  metricFailed(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricFailed({ period: Duration.minutes(5), ...props });
  }

  private declareFunction(props: ReleaseControllerProps): lambda.Function {
    const { application, regionHosts } = props;
    const names = releaseNames(application, props.registerTableName);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = releaseRole(this, application, { names, regions: Object.keys(regionHosts) });
    logGroup.grantWrite(role);
    return new lambda.Function(this, 'Handler', {
      description: `One step of a release of ${application}`,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: props.code ?? lambda.Code.fromAsset(buildOutput('bundles/release-step'), { exclude: ['*.map'] }),
      role,
      logGroup,
      memorySize: 512,
      // A look and an act, each within its part of the lease.
      timeout: Duration.seconds(50),
      environment: {
        HOLDFAST_RELEASE_NAMES: JSON.stringify(names),
        HOLDFAST_RELEASE_HOSTS: JSON.stringify(regionHosts),
      },
    });
  }

  private declareMachine(props: ReleaseControllerProps): sfn.StateMachine {
    const stack = Stack.of(this);
    const stateMachineName = props.stateMachineName ?? `${props.application}-release`;
    const ownArn = stack.formatArn({
      service: 'states',
      resource: 'stateMachine',
      resourceName: stateMachineName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const step = new LambdaInvoke(this, 'Step', {
      comment: 'Looks, decides, writes what it has decided, and acts',
      lambdaFunction: this.function,
      payload: sfn.TaskInput.fromObject({
        holder: sfn.JsonPath.executionId,
        waited: sfn.JsonPath.objectAt('$.waited'),
        steps: sfn.JsonPath.objectAt('$.steps'),
      }),
      payloadResponseOnly: true,
    });
    // A step that failed has done nothing that the next does not see.
    step.addRetry({
      interval: Duration.seconds(5),
      backoffRate: 1.5,
      maxAttempts: 30,
      maxDelay: Duration.minutes(1),
    });
    const wait = new sfn.Wait(this, 'Wait', { time: sfn.WaitTime.secondsPath('$.waitSeconds') });
    const begin = new sfn.Pass(this, 'Begin', {
      result: sfn.Result.fromObject({ waited: null, steps: 0 }),
    });
    const done = new sfn.Succeed(this, 'Done', { comment: 'The release has ended, or there is none' });
    const renew = new sfn.CustomState(this, 'Renew', {
      stateJson: {
        Type: 'Task',
        Comment: 'Another execution goes on: the history of one is bounded',
        Resource: `arn:${stack.partition}:states:::states:startExecution`,
        Parameters: { StateMachineArn: ownArn, Input: {} },
        End: true,
      },
    });
    const choice = new sfn.Choice(this, 'Ended')
      .when(sfn.Condition.booleanEquals('$.ended', true), done)
      .when(sfn.Condition.booleanEquals('$.renew', true), renew)
      .otherwise(wait);
    wait.next(step);
    const machine = new sfn.StateMachine(this, 'Machine', {
      stateMachineName,
      comment: `Leads releases of ${props.application}`,
      definitionBody: sfn.DefinitionBody.fromChainable(begin.next(step).next(choice)),
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, 'MachineLogs', {
          retention: RetentionDays.ONE_YEAR,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: sfn.LogLevel.ALL,
      },
    });
    const findings = {
      [findingArn(this, `${this.function.functionArn}:*`)]:
        'Versions of the one function: the CDK names them beside it',
      '*': 'Traces and deliveries of logs are written by calls that know no resource',
    };
    for (const [resource, reason] of Object.entries(findings))
      acknowledge(machine.role, `AwsSolutions-IAM5[Resource::${resource}]`, reason);
    machine.addToRolePolicy(new PolicyStatement({ actions: ['states:StartExecution'], resources: [ownArn] }));
    return machine;
  }
}

function rulesOf({ application, regionHosts }: ReleaseControllerProps): Rule[] {
  const regions = Object.keys(regionHosts);
  return [
    matching(
      'application',
      application,
      /^[a-z][a-z0-9-]{2,19}$/,
      'use 3 to 20 lower-case letters, digits and hyphens',
    ),
    regions.length < 2 && {
      path: 'regionHosts',
      received: regions,
      message: 'a release goes from Region to Region',
      fix: 'name every Region of the topology, with its own name of the service',
    },
    ...Object.entries(regionHosts).map(([region, host]) =>
      matching(`regionHosts.${region}`, host, /^[a-z0-9]([a-z0-9.-]{0,250})[a-z0-9]$/, 'use a host name'),
    ),
  ];
}
