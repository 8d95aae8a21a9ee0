import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge';

/** Declares the public endpoint of a gate: one route, throttled and logged, under its own name alone. */
export function declareGateApi(
  scope: Construct,
  handler: lambda.Function,
  domainName: apigateway.DomainName,
  requestsPerSecond: number,
): apigateway.HttpApi {
  const api = new apigateway.HttpApi(scope, 'Api', {
    description: `Gate ${scope.node.path}`,
    createDefaultStage: false,
    disableExecuteApiEndpoint: true,
  });
  const logGroup = new LogGroup(scope, 'AccessLogs', {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  api.addStage('Stage', {
    autoDeploy: true,
    domainMapping: { domainName },
    throttle: { rateLimit: requestsPerSecond, burstLimit: requestsPerSecond * 2 },
    accessLogSettings: { destination: new apigateway.LogGroupLogDestination(logGroup) },
  });
  const routes = api.addRoutes({
    path: '/',
    methods: [apigateway.HttpMethod.GET],
    integration: new HttpLambdaIntegration('Answer', handler, { timeout: Duration.seconds(2) }),
  });
  for (const route of routes) {
    acknowledge(
      route,
      'AwsSolutions-APIG4',
      'Route 53 checkers cannot sign requests; the answer says which Region is active and nothing else, and is throttled',
    );
  }
  return api;
}
