import * as fc from 'fast-check';
import { type FlagContext, parseFlagRule, UnknownRule } from '../../../lib/runtime/config/flag-rules';

const CONTEXT: FlagContext = { state: 'Virginia', age: 66, beta: true, email: 'a"b@example.com' };

test.each<[string, boolean | undefined]>([
  ['(eq $state "Virginia")', true],
  ['(eq "Virginia" $state)', true],
  ['(eq $beta true)', true],
  ['(gt $age 65)', true],
  ['(gte $age 66.0)', true],
  ['(lt $age -7)', false],
  ['(lte $age 6.6e1)', true],
  ['(and (eq $state "Virginia") (gt $age 65))', true],
  ['(and\n  (eq $state "Ohio")\n  (gt $age 65)\n)', false],
  ['(or (eq $state "Ohio") (gt $age 65))', true],
  ['(not (eq $state "Virginia"))', false],
  ['(begins_with $state "V")', true],
  ['(ends_with $email "@example.com")', true],
  ['(contains $email "a\\"b")', true],
  ['(in $state ["Ohio", "Virginia"])', true],
  ['(in $age ["66"])', false],
  ['(in $state [])', false],
  ['(exists key::"age")', true],
  ['(exists key::"toString")', false],
  // Not given, or of another type: it is not known, and that decides only where nothing else does.
  ['(eq $plan "gold")', undefined],
  ['(not (eq $plan "gold"))', undefined],
  ['(eq $age "66")', undefined],
  ['(gt $state 5)', undefined],
  ['(begins_with $age "6")', undefined],
  ['(eq $toString "x")', undefined],
  ['(and (eq $plan "gold") (eq $state "Ohio"))', false],
  ['(or (eq $plan "gold") (eq $state "Virginia"))', true],
  ['(and (eq $plan "gold") (eq $state "Virginia"))', undefined],
])('%s of the context is %s', (rule, expected) => {
  expect(parseFlagRule(rule)(CONTEXT)).toBe(expected);
});

test.each([
  ['(split pct::10 by::$email)', /asks for split/],
  ['(matches in::$state pattern::"V.*")', /asks for matches/],
  ['(constructor $a 1)', /asks for constructor/],
  ['(gt $since 2012-03-04)', /cannot be read/],
  ['(eq $a yes)', /holds yes/],
  ['(eq $a)', /holds \)/],
  ['(eq $a 1', /ends too early/],
  ['(eq $a 1) (eq $b 2)', /goes on after its end/],
  ['(and)', /combines nothing/],
  ["(eq $a '1')", /cannot be read/],
  ['$a', /where \( should stand/],
  ['', /ends too early/],
])('%s is not evaluated', (rule, reason) => {
  expect(() => parseFlagRule(rule)).toThrow(reason);
  expect(() => parseFlagRule(rule)).toThrow(UnknownRule);
});

test('whatever text stands in a rule, it compares as it is written', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, other) => {
      const quoted = `"${text.replace(/["\\]/g, '\\$&')}"`;
      expect(parseFlagRule(`(eq $a ${quoted})`)({ a: other })).toBe(text === other);
      expect(parseFlagRule(`(in $a [${quoted}, "x"])`)({ a: text })).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('whatever stands in its place, a rule is read or refused, and never anything else', () => {
  const piece = fc.constantFrom(
    '(',
    ')',
    '[',
    ']',
    'eq',
    'and',
    'not',
    '$a',
    '"x"',
    '1',
    'key::',
    'exists',
    ' ',
    ',',
    '-',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
      try {
        expect([true, false, undefined]).toContain(parseFlagRule(pieces.join(' '))({ a: 'x' }));
      } catch (error) {
        expect(error).toBeInstanceOf(UnknownRule);
      }
    }),
    { numRuns: 500 },
  );
});
