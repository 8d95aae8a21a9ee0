import { HoldfastError } from '../../errors';
import type { TemplatePlace } from '../compare/entries';
import { compareTemplates } from '../compare/templates';
import { isObject, type JsonObject, own } from '../compare/values';
import type { Comparison, Json } from '../model';
import { readJson, readTextFile } from '../read-json';

/**
 * A template of a file: JSON or YAML, alone or as `aws cloudformation get-template` prints it.
 *
 * @throws HoldfastError `invalid-input` for what is no template
 */
export function readTemplateFile(file: string): JsonObject {
  return readTemplate(readTextFile(file), file);
}

/** What a deploy of the one template file over the other would do. Both files must be readable. */
export function compareTemplateFiles(before: string, after: string, place: TemplatePlace): Comparison {
  const [old, next] = [readTextFile(before), readTextFile(after)];
  const template = readTemplate(old, before);
  // Most stacks do not change: one reading of the text is enough then.
  return compareTemplates(template, old === next ? template : readTemplate(next, after), place);
}

/**
 * A template of a text, in the same forms.
 *
 * @param name where it came from, for the error
 * @throws HoldfastError `invalid-input` for what is no template
 */
export function readTemplate(text: string, name: string): JsonObject {
  const value = isJson(text) ? readJson(text, name) : yamlOf(text, name);
  const body = own(value, 'TemplateBody');
  if (typeof body === 'string') return readTemplate(body, name);
  const template = body ?? value;
  if (isTemplate(template)) return template;
  throw new HoldfastError('invalid-input', `cannot read ${name}`, [
    { path: name, message: 'is no template: it has no Resources', fix: 'give a CloudFormation template' },
  ]);
}

const isJson = (text: string): boolean => /^\uFEFF?\s*(?:[{["]|$)/.test(text);

/** The library is loaded when a template in YAML comes, and not before. */
function yamlOf(text: string, name: string): Json {
  const { readYaml } = require('./yaml') as typeof import('./yaml');
  return readYaml(text, name);
}

/** A stack without any resource left has a template too: with another part of one. */
function isTemplate(value: Json): value is JsonObject {
  const resources = own(value, 'Resources');
  if (resources !== undefined) return isObject(resources);
  return (
    isObject(value) &&
    ['AWSTemplateFormatVersion', 'Parameters', 'Outputs'].some(part => own(value, part) !== undefined)
  );
}
