import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { gateMemoryName, homeRegisterKey, registerTableName } from '../../lib/naming';
import { buildOutput } from '../compute/build-output';
import { REGISTER_KEY } from '../data/register-keys';
import type { GateProps } from './gate';

/**
 * Declares the function of a gate. A checker of Route 53 waits 2 s for an answer after it has connected
 * (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html), so
 * the function ends by then; its handler gives each of its own calls less.
 */
export function declareGateFunction(parent: Construct, props: GateProps): lambda.Function {
  const scope = new Construct(parent, 'Function');
  const tableName = props.registerTableName ?? registerTableName(props.application);
  const { home } = props;
  const parameterName = props.memoryParameterName ?? gateMemoryName(props.application, home);
  const registerKey = home === undefined ? REGISTER_KEY : homeRegisterKey(home);
  const logGroup = new LogGroup(scope, 'Logs', {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new iam.Role(scope, 'Role', {
    description: `Gate ${parent.node.path}`,
    assumedBy: new iam.ServicePrincipal('lambda'),
  });
  logGroup.grantWrite(role);
  grantGate(parent, role, { tableName, registerKey, parameterName });
  return new lambda.Function(scope, 'Handler', {
    description: `Says whether the register of ${props.application} names this Region active`,
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    handler: 'index.handler',
    code: props.code ?? lambda.Code.fromAsset(buildOutput('bundles/gate'), { exclude: ['*.map'] }),
    role,
    logGroup,
    memorySize: 512,
    timeout: Duration.seconds(2),
    reservedConcurrentExecutions: props.reservedConcurrency ?? 20,
    environment: {
      HOLDFAST_APPLICATION: props.application,
      HOLDFAST_REGISTER_TABLE: tableName,
      HOLDFAST_GATE_MEMORY: parameterName,
      ...(home === undefined ? {} : { HOLDFAST_REGISTER_KEY: registerKey }),
      ...props.environment,
    },
  });
}

/** The register's item to read and its own memory to keep: nothing else. Both are named, not referred to (law 3). */
function grantGate(
  scope: Construct,
  role: iam.Role,
  names: { readonly tableName: string; readonly registerKey: string; readonly parameterName: string },
): void {
  const { tableName, registerKey, parameterName } = names;
  const stack = Stack.of(scope);
  role.addToPolicy(
    new iam.PolicyStatement({
      sid: 'ReadRegister',
      actions: ['dynamodb:GetItem'],
      resources: [stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName: tableName })],
      conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [registerKey] } },
    }),
  );
  role.addToPolicy(
    new iam.PolicyStatement({
      sid: 'KeepLastAnswer',
      actions: ['ssm:GetParameter', 'ssm:PutParameter'],
      resources: [
        stack.formatArn({
          service: 'ssm',
          resource: 'parameter',
          resourceName: parameterName.replace(/^\//, ''),
        }),
      ],
    }),
  );
}
