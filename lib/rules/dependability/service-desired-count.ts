import { absent, NOT_APPLICABLE, type Rule } from '../rule';

/** An ECS service that scales has no desired count in its template. */
export const serviceDesiredCount: Rule = {
  id: 'ServiceDesiredCount',
  title: 'an ECS service that scales has no desired count in its template',
  why: 'every deploy sets the service back to that number, and throws away tasks that were scaled out',
  fix: 'remove DesiredCount; the scalable target has the minimum',
  source: 'law 4; aws-cdk #5215, #3919',
  types: ['AWS::ECS::Service'],
  evaluate: (service, template) => {
    const scales = template
      .ofType('AWS::ApplicationAutoScaling::ScalableTarget')
      .some(target => JSON.stringify(target.raw).includes(`"${service.logicalId}"`));
    return scales ? absent(service, 'Properties.DesiredCount') : NOT_APPLICABLE;
  },
};
