import { Token } from 'aws-cdk-lib';
import { HoldfastError, type Problem } from '../lib/errors';

/** A rule of a construct: the problem when it is broken, `false` or `undefined` when it holds. */
export type Rule = Problem | false | undefined;

/**
 * Throws one error that names every broken rule, at construction, so that nobody waits for CloudFormation to refuse.
 *
 * @param construct class name and path, such as `CloneGroup Stack/Blue`
 * @throws HoldfastError with code `invalid-input`
 */
export function assertRules(construct: string, rules: readonly Rule[]): void {
  const problems = rules.filter((rule): rule is Problem => rule !== undefined && rule !== false);
  if (problems.length > 0)
    throw new HoldfastError('invalid-input', `invalid props of ${construct}`, problems);
}

/** A rule for a whole number within bounds (inclusive); unresolved tokens pass. */
export function wholeNumber(path: string, value: number, minimum: number, maximum: number): Rule {
  if (Token.isUnresolved(value)) return undefined;
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return undefined;
  return {
    path,
    received: value,
    message: 'not a whole number in range',
    fix: `use a whole number from ${minimum} to ${maximum}`,
  };
}

/** A rule for text of a given form; unresolved tokens pass. */
export function matching(path: string, value: string, form: RegExp, fix: string): Rule {
  if (Token.isUnresolved(value) || form.test(value)) return undefined;
  return { path, received: value, message: 'not of the accepted form', fix };
}
