import { comesAfter } from '../parts/dependencies';
import { writtenAt } from '../parts/written';
import { broken, COMPLIANT, NOT_APPLICABLE, type Rule, unknown } from '../rule';
import type { Resource } from '../template';
import { isHidden, Reference } from '../value';

const TYPE = 'AWS::AppConfig::Deployment';
const TARGET = ['Properties.ApplicationId', 'Properties.EnvironmentId'];

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
      .filter(other => other.logicalId !== deployment.logicalId)
      .map(other => ({ other, meets: meets(deployment, other) }))
      .filter(({ meets: answer }) => answer !== 'no');
    const loose = others.filter(
      ({ other }) => !comesAfter(deployment, other, template) && !comesAfter(other, deployment, template),
    );
    if (loose.some(({ meets: answer }) => answer === 'yes')) return broken('DependsOn');
    if (loose.length > 0) return unknown('Properties.EnvironmentId');
    return others.length > 0 ? COMPLIANT : NOT_APPLICABLE;
  },
};

/** Whether two deployments go to one environment. Names that are only known at deploy may be the same. */
function meets(left: Resource, right: Resource): 'yes' | 'no' | 'perhaps' {
  const different = TARGET.filter(path => writtenAt(left, path) !== writtenAt(right, path));
  if (different.length === 0) return 'yes';
  const told = different.some(path => [left, right].every(one => !isElsewhere(one.at(path))));
  return told ? 'no' : 'perhaps';
}

const isElsewhere = (value: ReturnType<Resource['at']>): boolean =>
  isHidden(value) && !(value instanceof Reference);
