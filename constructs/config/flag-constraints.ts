import type { Problem } from '../../lib/errors';
import type { Json } from './configuration-content';

type JsonObject = { readonly [key: string]: Json };

/** Problems of one attribute's value against the constraints that its flag declares; none without constraints. */
export function constraintProblems(path: string, value: Json, constraints: JsonObject): readonly Problem[] {
  if (constraints.type === 'array') return arrayProblems(path, value, constraints);
  const { type } = constraints;
  if (typeof type === 'string' && typeof value !== type) {
    return [wrong(path, value, `not a ${type}`, `give a ${type}, without quotes unless it is a string`)];
  }
  return [
    ...(constraints.required === true && value === null
      ? [wrong(path, value, 'is required', 'give a value')]
      : []),
    ...enumProblems(path, value, constraints.enum),
    ...(typeof value === 'number' ? boundProblems(path, value, constraints) : []),
    ...(typeof value === 'string' ? patternProblems(path, value, constraints.pattern) : []),
  ];
}

function arrayProblems(path: string, value: Json, constraints: JsonObject): readonly Problem[] {
  if (!Array.isArray(value)) return [wrong(path, value, 'not an array', 'give an array')];
  const elements = constraints.elements;
  if (typeof elements !== 'object' || elements === null || Array.isArray(elements)) return [];
  return value.flatMap((item, index) => constraintProblems(`${path}/${index}`, item, elements as JsonObject));
}

function enumProblems(path: string, value: Json, allowed: Json | undefined): readonly Problem[] {
  if (!Array.isArray(allowed) || allowed.includes(value)) return [];
  return [wrong(path, value, 'not one of the allowed values', `use one of ${JSON.stringify(allowed)}`)];
}

function boundProblems(path: string, value: number, { minimum, maximum }: JsonObject): readonly Problem[] {
  const low = typeof minimum === 'number' && value < minimum;
  const high = typeof maximum === 'number' && value > maximum;
  if (!low && !high) return [];
  return [
    wrong(path, value, 'out of bounds', `use a number from ${minimum ?? 'any'} to ${maximum ?? 'any'}`),
  ];
}

function patternProblems(path: string, value: string, pattern: Json | undefined): readonly Problem[] {
  if (typeof pattern !== 'string' || new RegExp(pattern).test(value)) return [];
  return [wrong(path, value, 'does not fit the pattern', `make it fit ${pattern}`)];
}

const wrong = (path: string, received: Json, message: string, fix: string): Problem => ({
  path,
  received,
  message,
  fix,
});
