import { CfnLambdaHook, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { breakGlassName, registerTableName } from '../../lib/naming';
import { buildOutput } from '../compute/build-output';
import { DRILL_LOCK_KEY, REGISTER_KEY } from '../data/register-keys';
import { assertRules, matching, type Rule, wholeNumber } from '../validation';

/** What an interlock needs of a caller that knows its place. */
export interface DeployInterlockOptions {
  /**
   * Names of the stacks whose operations are refused, at most 50; `*` stands for any letters. The stack that carries
   * the interlock is exempt, so that it can always be repaired.
   * @default - every stack whose name begins with the application's and a hyphen
   */
  readonly stackNames?: readonly string[];
  /**
   * Keys of the register's records.
   * @default - the register's one record; give those of the homes of an active-active application
   */
  readonly registerKeys?: readonly string[];
  /**
   * Table of the register, whose copy in this Region is read.
   * @default - `<application>-register`
   */
  readonly registerTableName?: string;
  /**
   * Executions that are kept for the function, so that nothing else in the account keeps it from answering, and that it
   * cannot exceed. The account must have 100 more than all that is reserved in it.
   * @default 5
   */
  readonly reservedConcurrency?: number;
  /**
   * Code of the function, with `index.handler`.
   * @default - the interlock built by `npm run build`
   */
  readonly code?: lambda.Code;
}

/** Properties of a {@link DeployInterlock}. */
export interface DeployInterlockProps extends DeployInterlockOptions {
  /** Name of the application, from which the other names derive. */
  readonly application: string;
}

/**
 * Stops a deploy, by whatever tool, while a drill or a failover is under way: a hook of CloudFormation that is asked
 * before a stack or a change set is created, updated or deleted, and before any resource of it changes.
 *
 * It reads its own Region's copies alone. What it cannot read it refuses, and so does CloudFormation when the function
 * does not answer; a lock whose holder died ends by itself, and a person's leave (`holdfast interlock open`) is heeded,
 * logged and counted.
 */
export class DeployInterlock extends Construct implements iam.IGrantable {
  readonly function: lambda.Function;
  readonly grantPrincipal: iam.IPrincipal;
  readonly hook: CfnLambdaHook;
  /** Parameter that holds a person's leave. */
  readonly breakGlassParameterName: string;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: DeployInterlockProps) {
    super(scope, id);
    const stackNames = props.stackNames ?? [`${props.application}-*`];
    assertRules(`DeployInterlock ${this.node.path}`, rulesOf(props, stackNames));
    this.breakGlassParameterName = breakGlassName(props.application);
    this.function = this.declareFunction(props);
    this.grantPrincipal = this.function.grantPrincipal;
    this.hook = this.declareHook(props.application, stackNames);
  }

  /** Lets `grantee` give and take back leave to deploy during a drill; CloudTrail and the history keep who did. */
  grantBreakGlass(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['ssm:GetParameter', 'ssm:PutParameter', 'ssm:DeleteParameter', 'ssm:GetParameterHistory'],
      resourceArns: [this.parameterArn()],
    });
  }

  /** Errors of the function; sum. While it fails, no deploy of these stacks begins. */
  metricErrors(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.function.metricErrors({ period: Duration.minutes(5), ...props });
  }

  private declareFunction(props: DeployInterlockProps): lambda.Function {
    const { application } = props;
    const tableName = props.registerTableName ?? registerTableName(application);
    const keys = props.registerKeys ?? [REGISTER_KEY];
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new iam.Role(this, 'Role', {
      description: `Deploy interlock of ${application}`,
      assumedBy: new iam.ServicePrincipal('lambda'),
    });
    logGroup.grantWrite(role);
    const locks = keys.map(key => `${DRILL_LOCK_KEY}${key.slice(REGISTER_KEY.length)}`);
    this.grantFacts(role, tableName, [...locks, ...keys]);
    return new lambda.Function(this, 'Handler', {
      description: `Refuses deploys of ${application} while a drill or a failover is under way`,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code:
        props.code ?? lambda.Code.fromAsset(buildOutput('bundles/deploy-interlock'), { exclude: ['*.map'] }),
      role,
      logGroup,
      memorySize: 512,
      // CloudFormation waits 30 s; two attempts at each reading fit.
      timeout: Duration.seconds(15),
      reservedConcurrentExecutions: props.reservedConcurrency ?? 5,
      environment: {
        HOLDFAST_REGISTER_TABLE: tableName,
        HOLDFAST_REGISTER_KEYS: keys.join(','),
        HOLDFAST_BREAK_GLASS: this.breakGlassParameterName,
        HOLDFAST_EXEMPT_STACKS: Stack.of(this).stackName,
      },
    });
  }

  /** The items that tell of a move, and a person's leave: named, not referred to (law 3). */
  private grantFacts(role: iam.Role, tableName: string, keys: readonly string[]): void {
    const table = { service: 'dynamodb', resource: 'table', resourceName: tableName };
    role.addToPolicy(
      new iam.PolicyStatement({
        sid: 'ReadMoves',
        actions: ['dynamodb:GetItem'],
        resources: [Stack.of(this).formatArn(table)],
        conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [...keys] } },
      }),
    );
    role.addToPolicy(
      new iam.PolicyStatement({
        sid: 'ReadLeave',
        actions: ['ssm:GetParameter'],
        resources: [this.parameterArn()],
      }),
    );
  }

  private declareHook(application: string, stackNames: readonly string[]): CfnLambdaHook {
    const stack = Stack.of(this);
    const role = new iam.Role(this, 'HookRole', {
      description: `Lets CloudFormation ask the deploy interlock of ${application}`,
      assumedBy: new iam.ServicePrincipal(
        `hooks.${iam.ServicePrincipal.servicePrincipalName('cloudformation')}`,
        {
          conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
        },
      ),
    });
    const asking = iam.Grant.addToPrincipal({
      grantee: role,
      actions: ['lambda:InvokeFunction'],
      resourceArns: [this.function.functionArn],
    });
    const hook = new CfnLambdaHook(this, 'Hook', {
      alias: hookAlias(application),
      executionRole: role.roleArn,
      lambdaFunction: this.function.functionArn,
      failureMode: 'FAIL',
      hookStatus: 'ENABLED',
      targetOperations: ['STACK', 'CHANGE_SET'],
      stackFilters: {
        filteringCriteria: 'ALL',
        stackNames: { include: [...stackNames], exclude: [stack.stackName] },
      },
    });
    // A hook that may not ask yet would refuse everything.
    asking.applyBefore(hook);
    return hook;
  }

  private parameterArn(): string {
    return Stack.of(this).formatArn({
      service: 'ssm',
      resource: 'parameter',
      resourceName: this.breakGlassParameterName.replace(/^\//, ''),
    });
  }
}

/** Alias of the hook, one an account and Region: `Holdfast::Interlock::ForOrders`. */
export function hookAlias(application: string): string {
  const words = application.split('-').filter(word => word !== '');
  return `Holdfast::Interlock::For${words.map(word => word.charAt(0).toUpperCase() + word.slice(1)).join('')}`;
}

function rulesOf(props: DeployInterlockProps, stackNames: readonly string[]): Rule[] {
  return [
    matching(
      'application',
      props.application,
      /^[a-z][a-z0-9-]{2,19}$/,
      'use 3 to 20 lower-case letters, digits and hyphens',
    ),
    wholeNumber('reservedConcurrency', props.reservedConcurrency ?? 5, 1, 1000),
    (stackNames.length < 1 || stackNames.length > 50) && {
      path: 'stackNames',
      received: stackNames.length,
      message: 'a hook takes 1 to 50 names',
      fix: 'name the stacks with a wildcard, such as orders-*',
    },
    ...stackNames.map((name, at) =>
      matching(
        `stackNames[${at}]`,
        name,
        /^[A-Za-z*][A-Za-z0-9*-]{0,127}$/,
        'use letters, digits, hyphens and * as a wildcard',
      ),
    ),
    props.registerKeys?.length === 0 && {
      path: 'registerKeys',
      received: props.registerKeys,
      message: 'without a key nothing is read, and nothing refused',
      fix: 'name the keys, or leave them out',
    },
  ];
}
