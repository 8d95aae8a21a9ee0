import { comesAfter } from '../parts/dependencies';
import { textOf } from '../resolve';
import { broken, COMPLIANT, NOT_APPLICABLE, type Rule } from '../rule';
import type { Resource } from '../template';

const TYPE = 'AWS::AppConfig::Deployment';

/** One environment takes one deployment at a time. */
export const configChain: Rule = {
  id: 'ConfigChain',
  title: 'several AppConfig deployments to one environment are chained',
  why: 'AppConfig runs one deployment an environment at a time: two at once fail with a conflict, and the stack rolls back',
  fix: 'let each deployment depend on the one before it (DependsOn)',
  source: 'aws-cdk #29345, #18745; terraform-provider-aws #36975',
  types: [TYPE],
  evaluate: (deployment, template) => {
    const others = template
      .ofType(TYPE)
      .filter(other => other.logicalId !== deployment.logicalId && targetOf(other) === targetOf(deployment));
    if (others.length === 0) return NOT_APPLICABLE;
    const chained = others.every(
      other => comesAfter(deployment, other, template) || comesAfter(other, deployment, template),
    );
    return chained ? COMPLIANT : broken('DependsOn');
  },
};

const targetOf = (deployment: Resource): string =>
  ['ApplicationId', 'EnvironmentId'].map(name => textOf(deployment.at(`Properties.${name}`))).join('\n');
