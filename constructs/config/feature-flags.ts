import type { Problem } from '../../lib/errors';
import { assertRules } from '../validation';
import type { Json } from './configuration-content';
import { constraintProblems } from './flag-constraints';
import { variantProblems } from './flag-variants';

/** Keys of flags and attributes: a lower-case letter first, as the AppConfig type reference demands. */
const KEY = /^[a-z][a-zA-Z\d_-]{0,63}$/;
const MOST_ATTRIBUTES = 25;
const TOP_LEVEL = ['version', 'flags', 'values'];
/** What describes a flag; a state is no part of it, it stands under the values. */
const FLAG_KEYS = ['name', 'description', 'attributes', '_deprecation', '_createdAt', '_updatedAt'];

type JsonObject = { readonly [key: string]: Json };

/**
 * Checks a feature-flag document against the AppConfig type reference (`AWS.AppConfig.FeatureFlags`), before anybody
 * waits for a deployment to refuse it.
 *
 * @param construct class name and path, for the error
 * @throws HoldfastError `invalid-input` with every problem, by JSON pointer
 */
export function assertValidFeatureFlags(construct: string, document: Json): void {
  assertRules(construct, featureFlagProblems(document));
}

/** Every problem of a feature-flag document, each with its JSON pointer. */
export function featureFlagProblems(document: Json): readonly Problem[] {
  if (!isObject(document))
    return [problem('', document, 'not an object', 'begin with version, flags and values')];
  const flags = objectAt(document, 'flags');
  const values = objectAt(document, 'values');
  return [
    ...['flags', 'values']
      .filter(key => document[key] !== undefined && !isObject(document[key]))
      .map(key => problem(`/${key}`, document[key], 'not an object', 'give it a key for each flag')),
    ...Object.keys(document)
      .filter(key => !TOP_LEVEL.includes(key))
      .map(key => problem(`/${key}`, undefined, 'unknown key', `use ${TOP_LEVEL.join(', ')} alone`)),
    ...(document.version === '1'
      ? []
      : [problem('/version', document.version, 'missing or unknown version', 'set "version": "1"')]),
    ...Object.entries(flags).flatMap(([key, flag]) => flagProblems(key, flag)),
    ...Object.entries(values).flatMap(([key, value]) => valueProblems(key, value, flags)),
  ];
}

function flagProblems(key: string, flag: Json): readonly Problem[] {
  const at = `/flags/${key}`;
  if (!isObject(flag)) return [problem(at, flag, 'not an object', 'describe the flag by a name')];
  const attributes = Object.keys(objectAt(flag, 'attributes'));
  return [
    ...keyProblems(at, key),
    ...(typeof flag.name === 'string' && flag.name.length > 0
      ? []
      : [problem(`${at}/name`, flag.name, 'a flag needs a name', 'name it for the people who turn it')]),
    ...Object.keys(flag)
      .filter(name => !FLAG_KEYS.includes(name))
      .map(name =>
        problem(
          `${at}/${name}`,
          flag[name],
          'unknown key',
          `use ${FLAG_KEYS.slice(0, 3).join(', ')}; its state goes to /values/${key}`,
        ),
      ),
    ...attributes.flatMap(attribute => keyProblems(`${at}/attributes/${attribute}`, attribute)),
    ...(attributes.length > MOST_ATTRIBUTES
      ? [
          problem(
            `${at}/attributes`,
            attributes.length,
            `more than ${MOST_ATTRIBUTES} attributes`,
            'split the flag',
          ),
        ]
      : []),
  ];
}

function valueProblems(key: string, value: Json, flags: JsonObject): readonly Problem[] {
  const at = `/values/${key}`;
  const flag = flags[key];
  if (flag === undefined || !isObject(flag)) {
    return [problem(at, undefined, 'a value without a flag', `declare /flags/${key}, or remove the value`)];
  }
  if (!isObject(value)) return [problem(at, value, 'not an object', 'give it "enabled" and its attributes')];
  const attributes = objectAt(flag, 'attributes');
  if (value._variants !== undefined) {
    return variantProblems(`${at}/_variants`, value._variants, (place, variant) => [
      ...enabledProblems(place, variant.enabled),
      ...attributeProblems(`${place}/attributeValues`, objectAt(variant, 'attributeValues'), attributes),
    ]);
  }
  const { enabled, ...rest } = value;
  return [...enabledProblems(at, enabled), ...attributeProblems(at, rest, attributes)];
}

/** A string such as "False" is true to a run time, so only a boolean is a state. */
function enabledProblems(at: string, enabled: Json | undefined): readonly Problem[] {
  if (typeof enabled === 'boolean') return [];
  return [problem(`${at}/enabled`, enabled, 'not a boolean', 'use true or false, without quotes')];
}

function attributeProblems(at: string, values: JsonObject, attributes: JsonObject): readonly Problem[] {
  return Object.entries(values)
    .filter(([key]) => !key.startsWith('_'))
    .flatMap(([key, value]) => {
      const declared = attributes[key];
      if (declared === undefined) {
        return [problem(`${at}/${key}`, value, 'no such attribute', 'declare it under the flag')];
      }
      const constraints = isObject(declared) ? objectAt(declared, 'constraints') : {};
      return constraintProblems(`${at}/${key}`, value, constraints);
    });
}

function keyProblems(at: string, key: string): readonly Problem[] {
  return KEY.test(key)
    ? []
    : [problem(at, key, 'not a key', 'use 1 to 64 letters, digits, - and _, a lower-case letter first')];
}

function objectAt(value: JsonObject, key: string): JsonObject {
  const found = value[key];
  return isObject(found) ? found : {};
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const problem = (path: string, received: Json | undefined, message: string, fix: string): Problem => ({
  path: path === '' ? '/' : path,
  ...(received === undefined ? {} : { received }),
  message,
  fix,
});
