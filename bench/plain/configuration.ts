import * as appconfig from 'aws-cdk-lib/aws-appconfig';
import type { Construct } from 'constructs';

/** Two hosted configuration profiles, each with its strategy and its deployment, one after the other. */
export function addConfiguration(scope: Construct): void {
  const application = new appconfig.CfnApplication(scope, 'Application', { name: 'plain' });
  const environment = new appconfig.CfnEnvironment(scope, 'Environment', {
    applicationId: application.ref,
    name: 'live',
  });
  const add = (name: string, content: string): appconfig.CfnDeployment => {
    const profile = new appconfig.CfnConfigurationProfile(scope, `${name}Profile`, {
      applicationId: application.ref,
      name,
      locationUri: 'hosted',
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
