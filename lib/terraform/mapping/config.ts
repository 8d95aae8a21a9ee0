import type { ResourceMapping } from '../resource-mapping';
import { block, same, TAGS } from '../rule';

/** Configuration, and how it is rolled out. */
export const CONFIG: Readonly<Record<string, ResourceMapping>> = {
  'AWS::AppConfig::Application': {
    type: 'aws_appconfig_application',
    properties: { ...same('Name Description'), ...TAGS },
  },
  'AWS::AppConfig::Environment': {
    type: 'aws_appconfig_environment',
    ref: 'environment_id',
    attributes: { EnvironmentId: 'environment_id' },
    properties: {
      ...same('ApplicationId Name'),
      Monitors: block('monitor', same('AlarmArn AlarmRoleArn')),
      ...TAGS,
    },
  },
  'AWS::AppConfig::ConfigurationProfile': {
    type: 'aws_appconfig_configuration_profile',
    ref: 'configuration_profile_id',
    attributes: { ConfigurationProfileId: 'configuration_profile_id' },
    properties: {
      ...same('ApplicationId LocationUri Name Type'),
      Validators: block('validator', same('Content Type')),
      ...TAGS,
    },
  },
  'AWS::AppConfig::HostedConfigurationVersion': {
    type: 'aws_appconfig_hosted_configuration_version',
    ref: 'version_number',
    attributes: { VersionNumber: 'version_number' },
    properties: same('ApplicationId ConfigurationProfileId Content ContentType'),
  },
  'AWS::AppConfig::DeploymentStrategy': {
    type: 'aws_appconfig_deployment_strategy',
    properties: {
      ...same('DeploymentDurationInMinutes FinalBakeTimeInMinutes GrowthFactor GrowthType Name ReplicateTo'),
      ...TAGS,
    },
  },
  'AWS::AppConfig::Deployment': {
    type: 'aws_appconfig_deployment',
    properties: {
      ...same('ApplicationId ConfigurationProfileId ConfigurationVersion DeploymentStrategyId EnvironmentId'),
      ...TAGS,
    },
  },
};
