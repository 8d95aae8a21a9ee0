import { broken, COMPLIANT, gravest, type Judgement, NOT_APPLICABLE, type Rule, unknown } from '../rule';
import { asList, isHidden, isList, isObject, Reference, type Value } from '../value';

const PATH = 'Properties.Targets';
/** Types whose resources stay listed for a while after their end. */
const ENDING = ['aws:ec2:instance', 'aws:ec2:spot-instance'];

/** A fault strikes what it was meant for: living instances, and resources that exist under a whole name. */
export const experimentTarget: Rule = {
  id: 'ExperimentTarget',
  title: 'targets of a fault experiment are running instances, or ARNs without wildcards',
  why: 'tags also find terminated instances, so half of the experiment hits nothing and passes; an ARN with a wildcard is never resolved',
  fix: "add a filter { Path: 'State.Name', Values: ['running'] } where tags choose instances, and write ARNs out",
  source: 'BP-64; AWS FIS, targets: resource filters',
  types: ['AWS::FIS::ExperimentTemplate'],
  evaluate: experiment => {
    const targets = experiment.at(PATH);
    if (isHidden(targets)) return unknown(PATH);
    if (!isObject(targets)) return NOT_APPLICABLE;
    return gravest(Object.entries(targets).map(([name, target]) => judgeTarget(target, `${PATH}.${name}`)));
  },
};

function judgeTarget(target: Value, path: string): Judgement {
  if (isHidden(target)) return unknown(path);
  if (!isObject(target)) return COMPLIANT;
  // What names a resource of the template is whole.
  const arns = isList(target.ResourceArns)
    ? target.ResourceArns.filter(arn => !(arn instanceof Reference))
    : target.ResourceArns;
  if (isList(target.ResourceArns) && target.ResourceArns.length > 0 && asList(arns).length === 0)
    return COMPLIANT;
  if (isHidden(arns) || asList(arns).some(isHidden)) return unknown(`${path}.ResourceArns`);
  if (asList(arns).some(arn => typeof arn === 'string' && arn.includes('*'))) {
    return broken(`${path}.ResourceArns`);
  }
  if (asList(arns).length > 0) return COMPLIANT;
  const type = target.ResourceType;
  if (isHidden(type)) return unknown(`${path}.ResourceType`);
  return typeof type === 'string' && ENDING.includes(type) ? judgeFilters(target.Filters, path) : COMPLIANT;
}

function judgeFilters(filters: Value, path: string): Judgement {
  const place = `${path}.Filters`;
  if (isHidden(filters)) return unknown(place);
  const list = asList(filters);
  if (list.some(isRunning)) return COMPLIANT;
  return list.some(each => isHidden(each) || (isObject(each) && Object.values(each).some(isHidden)))
    ? unknown(place)
    : broken(place);
}

const isRunning = (filter: Value): boolean =>
  isObject(filter) &&
  filter.Path === 'State.Name' &&
  asList(filter.Values).length > 0 &&
  asList(filter.Values).every(value => value === 'running');
