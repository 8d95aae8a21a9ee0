import * as appconfig from 'aws-cdk-lib/aws-appconfig';
import type { Construct } from 'constructs';

/** One hosted configuration profile and its deployment. */
export function addConfiguration(scope: Construct): void {
  const application = new appconfig.CfnApplication(scope, 'Application', { name: 'plain' });
  const environment = new appconfig.CfnEnvironment(scope, 'Environment', {
    applicationId: application.ref,
    name: 'live',
  });
  const profile = new appconfig.CfnConfigurationProfile(scope, 'Profile', {
    applicationId: application.ref,
    name: 'service',
    locationUri: 'hosted',
  });
  const version = new appconfig.CfnHostedConfigurationVersion(scope, 'Version', {
    applicationId: application.ref,
    configurationProfileId: profile.ref,
    content: '{"cacheSeconds":30}',
    contentType: 'application/json',
  });
  const strategy = new appconfig.CfnDeploymentStrategy(scope, 'Strategy', {
    name: 'plain',
    deploymentDurationInMinutes: 10,
    growthFactor: 20,
    replicateTo: 'NONE',
    finalBakeTimeInMinutes: 10,
  });
  new appconfig.CfnDeployment(scope, 'Deployment', {
    applicationId: application.ref,
    environmentId: environment.ref,
    configurationProfileId: profile.ref,
    configurationVersion: version.ref,
    deploymentStrategyId: strategy.ref,
  });
}
