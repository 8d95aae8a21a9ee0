import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { regionHost, registerTableName } from '../../lib/naming';
import { buildOutput } from '../compute/build-output';
import { DRILL_LOCK_KEY, REGISTER_KEY } from '../data/register-keys';
import type { WatchedProps } from './failover-requester-props';

/** Key of the request's item. A test compares it with the run time's. */
export const FAILOVER_REQUEST_KEY = 'failover-request';

/** Declares the controller's function: it reads four things, writes one item, and can move nothing. */
export function declareRequesterFunction(
  parent: Construct,
  props: WatchedProps,
  times: { readonly damping: Duration; readonly coolDown: Duration },
): lambda.Function {
  const scope = new Construct(parent, 'Function');
  const { region } = Stack.of(parent);
  const tableName = props.registerTableName ?? registerTableName(props.application);
  const logGroup = new LogGroup(scope, 'Logs', {
    retention: RetentionDays.ONE_YEAR,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const role = new iam.Role(scope, 'Role', {
    description: `Asks for a failover when ${props.watchedRegion} is lost; can move nothing`,
    assumedBy: new iam.ServicePrincipal('lambda'),
  });
  logGroup.grantWrite(role);
  grantLooking(parent, role, props, tableName);
  return new lambda.Function(scope, 'Handler', {
    description: `Watches ${props.watchedRegion} for ${props.application} and asks for a failover`,
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    handler: 'index.handler',
    code:
      props.code ?? lambda.Code.fromAsset(buildOutput('bundles/failover-requester'), { exclude: ['*.map'] }),
    role,
    logGroup,
    memorySize: 256,
    timeout: Duration.seconds(20),
    environment: {
      HOLDFAST_APPLICATION: props.application,
      HOLDFAST_REGISTER_TABLE: tableName,
      HOLDFAST_WATCHED_REGION: props.watchedRegion,
      HOLDFAST_DEEP_HEALTH_ALARM: props.deepHealth.alarmName,
      HOLDFAST_OUTSIDE_ALARM: props.outside.alarmName,
      HOLDFAST_READINESS_URL: props.readinessUrl ?? `https://${regionHost(region, props.host)}/readyz`,
      HOLDFAST_DAMPING_SECONDS: String(times.damping.toSeconds()),
      HOLDFAST_COOL_DOWN_SECONDS: String(times.coolDown.toSeconds()),
    },
  });
}

/** Reads the register, the drill lock, its own last request and the two alarms; writes its request alone. */
function grantLooking(scope: Construct, role: iam.Role, props: WatchedProps, tableName: string): void {
  const table = Stack.of(scope).formatArn({
    service: 'dynamodb',
    resource: 'table',
    resourceName: tableName,
  });
  const items = (sid: string, actions: string[], keys: string[]) =>
    role.addToPolicy(
      new iam.PolicyStatement({
        sid,
        actions,
        resources: [table],
        conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': keys } },
      }),
    );
  items('Look', ['dynamodb:GetItem'], [REGISTER_KEY, DRILL_LOCK_KEY, FAILOVER_REQUEST_KEY]);
  items('Request', ['dynamodb:PutItem'], [FAILOVER_REQUEST_KEY]);
  role.addToPolicy(
    new iam.PolicyStatement({
      sid: 'Signals',
      actions: ['cloudwatch:DescribeAlarms'],
      resources: [props.deepHealth.alarmArn, props.outside.alarmArn],
    }),
  );
}
