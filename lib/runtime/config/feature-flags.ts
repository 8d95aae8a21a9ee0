import { RuntimeError } from '../errors';

/** The flags of one document, as AppConfig hands it to a reader: a state and the attributes of each. */
export interface FeatureFlags {
  /** Whether a flag is on; `fallback` when the document does not know it. */
  isOn(flag: string, fallback: boolean): boolean;
  /** An attribute of a flag that is on, of the type of the fallback; the fallback otherwise. */
  attribute<T extends string | number | boolean>(flag: string, name: string, fallback: T): T;
}

type Values = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * Reads the document that AppConfig serves for a feature-flag profile: `{ "<flag>": { "enabled": true, ... } }`. Types
 * are as written and never coerced: the text "False" is no state, and a document that says so is refused whole, so that
 * the last good one stays in force.
 *
 * A flag of several variants is refused too: its rules are evaluated by the AppConfig agent, by the context headers of a
 * request, and a reader of the data API that guessed would be wrong in silence.
 *
 * @throws RuntimeError `invalid-input` when the document is not of that shape
 */
export function parseFeatureFlags(content: string): FeatureFlags {
  const document: unknown = JSON.parse(content);
  if (!isRecord(document)) throw refusal('/', document, 'an object with a key for each flag');
  for (const [flag, value] of Object.entries(document)) {
    if (!isRecord(value)) throw refusal(`/${flag}`, value, 'an object');
    if (Object.hasOwn(value, '_variants'))
      throw refusal(
        `/${flag}/_variants`,
        undefined,
        'one state: variants are chosen by the AppConfig agent alone',
      );
    if (typeof value.enabled !== 'boolean')
      throw refusal(`/${flag}/enabled`, value.enabled, 'true or false, without quotes');
  }
  return flagsOf(document as Values);
}

function flagsOf(values: Values): FeatureFlags {
  const find = (flag: string) => (Object.hasOwn(values, flag) ? values[flag] : undefined);
  return {
    isOn: (flag, fallback) => (find(flag)?.enabled as boolean | undefined) ?? fallback,
    attribute: <T extends string | number | boolean>(flag: string, name: string, fallback: T): T => {
      const value = find(flag);
      if (value?.enabled !== true || !Object.hasOwn(value, name)) return fallback;
      return typeof value[name] === typeof fallback ? (value[name] as T) : fallback;
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
