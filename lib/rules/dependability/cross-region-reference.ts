import { isRecord } from '../resolve';
import { broken, COMPLIANT, type Judgement, NOT_APPLICABLE, type Rule, unknown } from '../rule';

const CARRIERS = ['Custom::CrossRegionExportWriter', 'Custom::CrossRegionExportReader'];

/** A Region's stack needs no other Region. */
export const crossRegionReference: Rule = {
  id: 'CrossRegionReference',
  title: 'no resource takes a value from a stack of another Region',
  why: 'a Region whose stacks read another cannot be deployed, rebuilt or rolled back while that one is impaired, and exports that are read elsewhere lock both',
  fix: 'agree on names, or keep the value in a parameter of each Region',
  source: 'law 3; aws-cdk #34813, #27902, #31105, #30771',
  evaluate: resource =>
    CARRIERS.includes(resource.type)
      ? broken('Type')
      : (found(resource.raw.Properties, 'Properties') ?? NOT_APPLICABLE),
};

/** The gravest use of a value of another stack below `raw`; `undefined` when there is none. */
function found(raw: unknown, path: string): Judgement | undefined {
  const below = Array.isArray(raw) || isRecord(raw) ? Object.entries(raw) : [];
  let best: Judgement | undefined;
  for (const [key, value] of below) {
    const judgement = key.startsWith('Fn::') ? own(key, value, path) : undefined;
    const nested = found(value, `${path}.${key}`);
    for (const candidate of [judgement, nested]) {
      if (candidate?.state === 'broken') return candidate;
      if (candidate !== undefined && best?.state !== 'unknown') best = candidate;
    }
  }
  return best;
}

function own(key: string, value: unknown, path: string): Judgement | undefined {
  if (key === 'Fn::ImportValue') return COMPLIANT;
  if (key !== 'Fn::GetStackOutput' || !isRecord(value)) return undefined;
  const { Region: region } = value;
  if (region === undefined || (isRecord(region) && region.Ref === 'AWS::Region')) return COMPLIANT;
  return typeof region === 'string' ? broken(path) : unknown(path);
}
