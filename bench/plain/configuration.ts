import * as appconfig from 'aws-cdk-lib/aws-appconfig';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

const SCHEMA = JSON.stringify({
  $schema: 'http://json-schema.org/draft-04/schema#',
  type: 'object',
  properties: { cacheSeconds: { type: 'integer', minimum: 1, maximum: 3600 }, fast: { type: 'object' } },
  additionalProperties: false,
});

/** Two hosted configuration profiles, each with its strategy and its deployment, one after the other. */
export function addConfiguration(scope: Construct, errorAlarmArn: string): void {
  const application = new appconfig.CfnApplication(scope, 'Application', { name: 'plain' });
  const alarm = new Role(scope, 'ConfigurationMonitor', { assumedBy: new ServicePrincipal('appconfig') });
  alarm.addToPolicy(new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] }));
  const environment = new appconfig.CfnEnvironment(scope, 'Environment', {
    applicationId: application.ref,
    name: 'live',
    monitors: [{ alarmArn: errorAlarmArn, alarmRoleArn: alarm.roleArn }],
  });
  const add = (name: string, content: string): appconfig.CfnDeployment => {
    const profile = new appconfig.CfnConfigurationProfile(scope, `${name}Profile`, {
      applicationId: application.ref,
      name,
      locationUri: 'hosted',
      validators: [{ type: 'JSON_SCHEMA', content: SCHEMA }],
    });
    const version = new appconfig.CfnHostedConfigurationVersion(scope, `${name}Version`, {
      applicationId: application.ref,
      configurationProfileId: profile.ref,
      content,
      contentType: 'application/json',
    });
    const strategy = new appconfig.CfnDeploymentStrategy(scope, `${name}Strategy`, {
      name: `plain-${name}`,
      deploymentDurationInMinutes: 10,
      growthFactor: 20,
      replicateTo: 'NONE',
      finalBakeTimeInMinutes: 10,
    });
    return new appconfig.CfnDeployment(scope, `${name}Deployment`, {
      applicationId: application.ref,
      environmentId: environment.ref,
      configurationProfileId: profile.ref,
      configurationVersion: version.ref,
      deploymentStrategyId: strategy.ref,
    });
  };
  const service = add('service', '{"cacheSeconds":30}');
  add('flags', '{"fast":{"enabled":true}}').addResourceDependency(service);
}
