import { type Rule, whether } from '../rule';

/** Blue/green needs two groups that the template knows. */
export const codeDeployCopy: Rule = {
  id: 'CodeDeployCopy',
  title: 'CodeDeploy does not copy the Auto Scaling group',
  why: 'it replaces the group of the template by one that the template does not know: the next deploy fails, or makes a second fleet',
  fix: 'use two declared groups behind weighted target groups, or an instance refresh',
  source: 'terraform-provider-aws #4678; cloudformation-coverage-roadmap #2071, #37',
  types: ['AWS::CodeDeploy::DeploymentGroup'],
  evaluate: group =>
    whether(
      group,
      'Properties.BlueGreenDeploymentConfiguration.GreenFleetProvisioningOption.Action',
      action => action !== 'COPY_AUTO_SCALING_GROUP',
    ),
};
