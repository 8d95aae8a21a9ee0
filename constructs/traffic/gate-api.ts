import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge';

/**
 * Declares the public endpoint of a gate: one method, throttled and logged, under its own name alone. It is a REST API
 * since an HTTP API takes no web ACL.
 */
export function declareGateApi(
  scope: Construct,
  handler: lambda.Function,
  requestsPerSecond: number,
): apigateway.RestApi {
  const logGroup = new LogGroup(scope, 'AccessLogs', {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const api = new apigateway.RestApi(scope, 'Api', {
    description: 'Says which Region the register names active',
    endpointTypes: [apigateway.EndpointType.REGIONAL],
    disableExecuteApiEndpoint: true,
    cloudWatchRole: false,
    deployOptions: {
      stageName: 'gate',
      throttlingRateLimit: requestsPerSecond,
      throttlingBurstLimit: requestsPerSecond * 2,
      accessLogDestination: new apigateway.LogGroupLogDestination(logGroup),
      accessLogFormat: apigateway.AccessLogFormat.jsonWithStandardFields(),
      loggingLevel: apigateway.MethodLoggingLevel.ERROR,
    },
  });
  // Its value would be the endpoint that is turned off.
  api.node.tryRemoveChild('Endpoint');
  api.deploymentStage.node.addDependency(accountLogging(scope));
  const integration = new apigateway.LambdaIntegration(handler, {
    timeout: Duration.seconds(2),
    allowTestInvoke: false,
  });
  const method = api.root.addMethod('GET', integration);
  acknowledgeOpenness(api, method);
  return api;
}

/** A REST API logs by a role that account and Region have once, however many gates a stack has. */
function accountLogging(scope: Construct): apigateway.CfnAccount {
  const stack = Stack.of(scope);
  const id = 'ApiGatewayLogs';
  const known = stack.node.tryFindChild(id)?.node.tryFindChild('Account');
  if (known instanceof apigateway.CfnAccount) return known;
  const logging = new Construct(stack, id);
  const role = new Role(logging, 'Role', {
    description: 'API Gateway writes its logs',
    assumedBy: new ServicePrincipal('apigateway'),
    managedPolicies: [
      ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonAPIGatewayPushToCloudWatchLogs'),
    ],
  });
  acknowledge(
    role,
    'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
    'The policy that AWS maintains for the logs of API Gateway; only API Gateway may take the role.',
  );
  const account = new apigateway.CfnAccount(logging, 'Account', { cloudWatchRoleArn: role.roleArn });
  // Others in the account and Region log by it too.
  role.applyRemovalPolicy(RemovalPolicy.RETAIN);
  account.applyRemovalPolicy(RemovalPolicy.RETAIN);
  return account;
}

function acknowledgeOpenness(api: apigateway.RestApi, method: apigateway.Method): void {
  const reason =
    'Route 53 checkers cannot sign requests: the web ACL lets them and operators in by address, and nobody else';
  acknowledge(method, 'AwsSolutions-APIG4', reason);
  acknowledge(method, 'AwsSolutions-COG4', reason);
  acknowledge(
    api,
    'AwsSolutions-APIG2',
    'Nothing of a request is read: one method, no parameter and no body',
  );
}
