import fc from 'fast-check';
import { parseTemplate, Template } from '../../lib/rules';
import { HIDDEN, PERHAPS_ABSENT, Reference, type Value } from '../../lib/rules/value';

/** What a property value of a small template becomes. */
function resolved(value: unknown, sections: object = {}): Value {
  const resources = { Judged: { Type: 'T', Properties: { value } }, Queue: { Type: 'AWS::SQS::Queue' } };
  const template = new Template(JSON.parse(JSON.stringify({ ...sections, Resources: resources })));
  return template.resources[0]?.at('Properties.value');
}

const MAPPINGS = { Mappings: { Sizes: { small: { count: 2 } } } };
const NOTHING = { Ref: 'AWS::NoValue' };

describe('what the template alone can answer', () => {
  test.each<[string, unknown, Value]>([
    ['a join of literals', { 'Fn::Join': ['-', ['a', 1, 'b']] }, 'a-1-b'],
    ['a substitution of nothing', { 'Fn::Sub': 'a$' + '{!Literal}' }, 'a$' + '{Literal}'],
    ['a choice', { 'Fn::Select': ['1', ['a', 'b']] }, 'b'],
    ['a choice of parts', { 'Fn::Select': [1, { 'Fn::Split': ['.', 'a.b'] }] }, 'b'],
    ['a mapping', { 'Fn::FindInMap': ['Sizes', 'small', 'count'] }, 2],
    ['two equal branches', { 'Fn::If': ['C', ['a'], ['a']] }, ['a']],
    ['no value', NOTHING, undefined],
    ['no value in a list', ['a', NOTHING], ['a']],
    ['an object', { a: { 'Fn::Join': ['', ['b']] } }, { a: 'b' }],
  ])('%s is computed', (_what, value, expected) => {
    expect(resolved(value, MAPPINGS)).toEqual(expected);
  });

  test('a reference is followed, by name and by attribute', () => {
    expect(resolved({ Ref: 'Queue' })).toEqual(new Reference('Queue'));
    expect(resolved({ 'Fn::GetAtt': ['Queue', 'Arn'] })).toEqual(new Reference('Queue', 'Arn'));
    expect(resolved({ 'Fn::GetAtt': 'Queue.Arn' })).toEqual(new Reference('Queue', 'Arn'));
  });
});

describe('what it cannot answer is hidden', () => {
  test.each([
    ['a parameter', { Ref: 'Parameter' }],
    ['a pseudo parameter', { Ref: 'AWS::Region' }],
    ['an import', { 'Fn::ImportValue': 'name' }],
    ['a join with a parameter', { 'Fn::Join': ['', ['a', { Ref: 'P' }]] }],
    ['a substitution', { 'Fn::Sub': 'a-$' + '{AWS::Region}' }],
    ['two branches', { 'Fn::If': ['C', 1, 2] }],
    ['a dynamic reference', '{{resolve:ssm:/name}}'],
    ['a macro', { 'Fn::Transform': { Name: 'AWS::Include' }, a: 1 }],
    ['a loop', { 'Fn::ForEach::L': ['I', [], {}] }],
    ['a function from the future', { 'Fn::Guess': 1 }],
    ['a mapping that is not there', { 'Fn::FindInMap': ['Sizes', { Ref: 'P' }, 'count'] }],
    ['a name that every object has', { 'Fn::FindInMap': ['constructor', 'name', 'length'] }],
  ])('%s', (_what, value) => {
    expect(resolved(value, MAPPINGS)).toBe(HIDDEN);
  });

  test('a branch with no value may be absent', () => {
    expect(resolved({ 'Fn::If': ['C', 1, NOTHING] })).toBe(PERHAPS_ABSENT);
  });

  test('any value ends in an answer', () => {
    const names = [
      'Ref',
      'Fn::GetAtt',
      'Fn::If',
      'Fn::Join',
      'Fn::Sub',
      'Fn::Select',
      'Fn::Split',
      'Fn::FindInMap',
    ];
    const { value } = fc.letrec<{ value: unknown }>(tie => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.jsonValue({ maxDepth: 1 }),
        fc.tuple(fc.constantFrom(...names), tie('value')).map(([name, below]) => ({ [name]: below })),
        fc.array(tie('value'), { maxLength: 3 }),
      ),
    }));
    fc.assert(fc.property(value, given => void resolved(given, MAPPINGS)));
  });
});

describe('a template', () => {
  test('is read with a byte order mark, and told what it lacks', () => {
    expect(parseTemplate('\uFEFF{"Resources":{}}', 'a.json').resources).toEqual([]);
    expect(() => parseTemplate('{}', 'a.json')).toThrow(
      /a\.json is not a CloudFormation template\n.*\$\.Resources/,
    );
    expect(() => parseTemplate('{"Resources":{"A":{},"B":[]}}', 'a.json')).toThrow(
      /\$\.Resources\.A.*\n.*\$\.Resources\.B/,
    );
  });

  test('says what is not all there', () => {
    const nested = { Inner: { Type: 'AWS::CloudFormation::Stack' } };
    const { unexpanded } = new Template({
      Transform: ['AWS::LanguageExtensions', 'Mine'],
      Resources: nested,
    });
    expect(unexpanded).toEqual([
      'the macro Mine may change every resource',
      'Resources.Inner (AWS::CloudFormation::Stack) has a template of its own',
    ]);
  });
});
