import { RuntimeError } from '../errors';
import { type FlagContext, type FlagRule, parseFlagRule, UnknownRule } from './flag-rules';

/** The flags of one document, as AppConfig hands it to a reader: a state and the attributes of each. */
export interface FeatureFlags {
  /** Whether a flag is on; `fallback` when the document does not know it. */
  isOn(flag: string, fallback: boolean): boolean;
  /** An attribute of a flag that is on, of the type of the fallback; the fallback otherwise. */
  attribute<T extends string | number | boolean>(flag: string, name: string, fallback: T): T;
  /** Name of the variant that holds; undefined for a flag of one state, or none. */
  variant(flag: string): string | undefined;
  /** The same flags for whoever is described: by it the variants of a flag are chosen. */
  for(context: FlagContext): FeatureFlags;
  /** Rules that are not evaluated here, each with its place: from there on the flag's default holds. */
  readonly unevaluated: readonly string[];
}

type Values = Readonly<Record<string, unknown>>;

/** One state of a flag, and for whom it is. */
interface Variant {
  readonly name?: string;
  readonly enabled: boolean;
  readonly attributes: Values;
  /** `default`: for all who are left. `unknown`: whose rule cannot be evaluated. */
  readonly rule: FlagRule | 'default' | 'unknown';
}

/**
 * Reads the document that AppConfig serves for a feature-flag profile: `{ "<flag>": { "enabled": true, ... } }`. Types
 * are as written and never coerced: the text "False" is no state, and a document that says so is refused whole, so that
 * the last good one stays in force.
 *
 * Of several variants (`_variants`) the first holds whose rule is true of the context; the last one has no rule and is for all
 * who are left. A rule that cannot be evaluated as the AppConfig agent would is no guess: from it on the last one holds, and
 * `unevaluated` says so.
 *
 * @throws RuntimeError `invalid-input` when the document is not of that shape
 */
export function parseFeatureFlags(content: string): FeatureFlags {
  const document: unknown = JSON.parse(content);
  if (!isRecord(document)) throw refusal('/', document, 'an object with a key for each flag');
  const unevaluated: string[] = [];
  const flags = new Map<string, readonly Variant[]>();
  for (const [flag, value] of Object.entries(document)) {
    if (!isRecord(value)) throw refusal(`/${flag}`, value, 'an object');
    flags.set(flag, variantsOf(`/${flag}`, value, unevaluated));
  }
  return flagsOf(flags, unevaluated, {});
}

function variantsOf(at: string, value: Values, unevaluated: string[]): readonly Variant[] {
  const { _variants: variants, ...own } = value;
  if (!Object.hasOwn(value, '_variants')) {
    return [{ enabled: stateOf(at, own), attributes: own, rule: 'default' }];
  }
  if (!Array.isArray(variants) || variants.length === 0 || 'enabled' in own)
    throw refusal(`${at}/_variants`, variants, 'a list of variants, and no state beside it');
  return variants.map((variant: unknown, index): Variant => {
    const place = `${at}/_variants/${index}`;
    if (!isRecord(variant)) throw refusal(place, variant, 'an object');
    const { name, rule, attributeValues: attributes = {} } = variant;
    if (typeof name !== 'string') throw refusal(`${place}/name`, name, 'a text');
    if (!isRecord(attributes)) throw refusal(`${place}/attributeValues`, attributes, 'an object');
    const last = index === variants.length - 1;
    if (last ? rule !== undefined : typeof rule !== 'string')
      throw refusal(`${place}/rule`, rule, last ? 'no rule: the last one is for all who are left' : 'a rule');
    const known = last ? 'default' : ruleOf(`${place}/rule`, String(rule), unevaluated);
    return { name, enabled: stateOf(place, variant), attributes, rule: known };
  });
}

function stateOf(at: string, { enabled }: Values): boolean {
  if (typeof enabled === 'boolean') return enabled;
  throw refusal(`${at}/enabled`, enabled, 'true or false, without quotes');
}

function ruleOf(at: string, text: string, unevaluated: string[]): FlagRule | 'unknown' {
  try {
    return parseFlagRule(text);
  } catch (error) {
    if (!(error instanceof UnknownRule)) throw error;
    unevaluated.push(`${at}: ${error.message}`);
    return 'unknown';
  }
}

function chosen(variants: readonly Variant[], context: FlagContext): Variant | undefined {
  for (const variant of variants) {
    if (variant.rule === 'unknown') break;
    if (variant.rule === 'default' || variant.rule(context) === true) return variant;
  }
  return variants.at(-1);
}

function flagsOf(
  flags: ReadonlyMap<string, readonly Variant[]>,
  unevaluated: readonly string[],
  context: FlagContext,
): FeatureFlags {
  const find = (flag: string) => chosen(flags.get(flag) ?? [], context);
  return {
    unevaluated,
    for: more => flagsOf(flags, unevaluated, { ...context, ...more }),
    variant: flag => find(flag)?.name,
    isOn: (flag, fallback) => find(flag)?.enabled ?? fallback,
    attribute: <T extends string | number | boolean>(flag: string, name: string, fallback: T): T => {
      const found = find(flag);
      if (found?.enabled !== true || !Object.hasOwn(found.attributes, name)) return fallback;
      return typeof found.attributes[name] === typeof fallback ? (found.attributes[name] as T) : fallback;
    },
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function refusal(path: string, received: unknown, fix: string): RuntimeError {
  return new RuntimeError('invalid-input', 'the feature flags are not usable', [
    { path, received, message: 'has another shape', fix: `give ${fix}` },
  ]);
}
