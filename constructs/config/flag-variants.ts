import type { Problem } from '../../lib/errors';
import type { Json } from './configuration-content';

type JsonObject = { readonly [key: string]: Json };

/** Most variants of a flag, by the AppConfig quota. */
const MOST_VARIANTS = 32;
const VARIANT_KEYS = ['name', 'rule', 'enabled', 'attributeValues'];

/**
 * Problems of a flag's variants. Each has a name, and a rule that says for whom; the last has none, and so holds for
 * everybody whom no rule names.
 *
 * @param values says what is wrong with the state and the attributes of one variant
 */
export function variantProblems(
  at: string,
  variants: Json,
  values: (at: string, variant: JsonObject) => readonly Problem[],
): readonly Problem[] {
  if (!Array.isArray(variants) || variants.length === 0 || variants.length > MOST_VARIANTS) {
    return [
      wrong(at, variants, 'not a list of variants', `give 1 to ${MOST_VARIANTS}, the last without a rule`),
    ];
  }
  const names = variants.map(variant => (isObject(variant) ? variant.name : undefined));
  return variants.flatMap((variant: Json, index) => {
    const place = `${at}/${index}`;
    if (!isObject(variant))
      return [wrong(place, variant, 'not an object', 'give it "enabled" and its values')];
    return [
      ...nameProblems(place, variant.name, names.indexOf(variant.name as Json) !== index),
      ...ruleProblems(place, variant.rule, index === variants.length - 1),
      ...Object.keys(variant)
        .filter(key => !VARIANT_KEYS.includes(key))
        .map(key =>
          wrong(`${place}/${key}`, variant[key], 'unknown key', `use ${VARIANT_KEYS.join(', ')} alone`),
        ),
      ...values(place, variant),
    ];
  });
}

function nameProblems(at: string, name: Json | undefined, taken: boolean): readonly Problem[] {
  if (typeof name !== 'string' || name === '')
    return [wrong(`${at}/name`, name, 'a variant needs a name', 'name it')];
  return taken ? [wrong(`${at}/name`, name, 'the name of another variant', 'give it one of its own')] : [];
}

function ruleProblems(at: string, rule: Json | undefined, last: boolean): readonly Problem[] {
  if (last) {
    return rule === undefined
      ? []
      : [
          wrong(
            `${at}/rule`,
            rule,
            'the last variant is for everybody else',
            'leave the rule out, or add a default',
          ),
        ];
  }
  return typeof rule === 'string' && rule.trim() !== ''
    ? []
    : [wrong(`${at}/rule`, rule, 'not a rule', 'say for whom the variant is, such as (eq $group "beta")')];
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const wrong = (path: string, received: Json | undefined, message: string, fix: string): Problem => ({
  path,
  ...(received === undefined ? {} : { received }),
  message,
  fix,
});
