import type { Json, Unchecked } from '../model';
import { isKnownType } from '../schema/replacement';
import { sameValue } from './differences';
import { typeOf } from './entries';
import { isObject, type JsonObject, own, textOf } from './values';

/** It makes nothing. */
export const METADATA = 'AWS::CDK::Metadata';

/** A template within the template, or one that is made at deploy: what it does cannot be seen here. */
export function uncheckedOf(
  id: string,
  before: Json | undefined,
  after: Json | undefined,
  isSame: boolean,
): Pick<Unchecked, 'type' | 'why' | 'fix'> | undefined {
  const resource = after ?? before;
  const type = typeOf(resource) ?? '-';
  if (id.startsWith('Fn::ForEach')) {
    if (isSame || sameValue(before, after)) return undefined;
    return { type: 'Fn::ForEach', why: 'a loop is expanded at deploy', fix: 'compare a change set' };
  }
  if (!isObject(resource) || type === '-') {
    return { type, why: 'the entry is no resource: it has no type', fix: 'correct the template' };
  }
  if (type === 'AWS::CloudFormation::Stack') {
    return { type, why: 'a nested stack has a template of its own', fix: 'compare that template too' };
  }
  if (type === METADATA) return undefined; // it makes nothing
  const unknown = !isKnownType(type) && !isCustom(type) && before !== undefined && after !== undefined;
  if (!unknown || isSame || sameValue(before, after)) return undefined;
  const why = `the schema of ${type} is not known, so whether it is replaced cannot be told`;
  return { type, why, fix: 'look at a change set' };
}

/** A custom resource is replaced when its function says so, which no schema tells. */
export const isCustom = (type: string): boolean =>
  type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';

/** Macros of AWS that give the same for the same template. */
const STEADY = new Set([
  ...['AWS::LanguageExtensions', 'AWS::Serverless-2016-10-31', 'AWS::SecretsManager-2020-07-23'],
  ...['AWS::SecretsManager-2024-09-16', 'AWS::CodeDeployBlueGreen'],
]);

/** A macro that rewrites the whole template at deploy. */
export function* macrosOf(
  template: JsonObject,
): Generator<Pick<Unchecked, 'resource' | 'type' | 'why' | 'fix'>> {
  const transform = own(template, 'Transform') ?? [];
  for (const each of Array.isArray(transform) ? (transform as readonly Json[]) : [transform]) {
    const name = textOf(own(each, 'Name') ?? each);
    if (STEADY.has(name)) continue;
    const why = `the macro ${name} rewrites the template at deploy, so what is deployed is not what stands here`;
    yield { resource: '-', type: 'Transform', why, fix: 'compare a change set, or the processed templates' };
  }
}
