import * as fc from 'fast-check';
import { broadening } from '../../../lib/drift/iam/broadening';
import type { TokenContext } from '../../../lib/drift/iam/glob';
import type { Json } from '../../../lib/drift/model';
import { broaderByForce, type Tokens, texts } from './brute-force';

const RUNS = process.env.HOLDFAST_PROVE === '1' ? 20_000 : 60;
const CONTEXT: TokenContext = { isResource: id => id.startsWith('Res'), region: '-' };

type Statement = Readonly<Record<string, Json>>;
const document = (statements: readonly Statement[]): Json => ({
  Version: '2012-10-17',
  Statement: [...statements],
});
const verdict = (before: readonly Statement[], after: readonly Statement[]) =>
  broadening(document(before), document(after), CONTEXT).verdict;
const allow = (Action: Json, more: Statement = {}): Statement => ({
  Effect: 'Allow',
  Action,
  Resource: '*',
  ...more,
});
const deny = (Action: Json, more: Statement = {}): Statement => ({ ...allow(Action, more), Effect: 'Deny' });

const allBut = (NotAction: Json): Statement => ({ Effect: 'Allow', NotAction, Resource: '*' });
const trust = (AWS: Json): Statement => ({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS } });

const [GET, PUT] = ['s3:GetObject', 's3:PutObject'];
const SECURE = { Condition: { Bool: { 'aws:SecureTransport': 'true' } } };
const range = (SourceIp: Json) => ({ Condition: { IpAddress: { 'aws:SourceIp': SourceIp } } });
const account = (id: Json) => ({ Condition: { StringEquals: { 'aws:SourceAccount': id } } });
const bucket = (name: string): Json => ({ 'Fn::GetAtt': [name, 'Arn'] });

test.each<[string, Statement[], Statement[], string]>([
  ['fewer actions', [allow([GET, PUT])], [allow([GET])], 'no'],
  ['another order of actions', [allow([GET, PUT])], [allow([PUT, GET])], 'no'],
  ['one action as a list', [allow(GET)], [allow([GET])], 'no'],
  ['another case of an action', [allow(GET)], [allow('S3:getobject')], 'no'],
  ['another order of statements', [allow(GET), deny(PUT)], [deny(PUT), allow(GET)], 'no'],
  ['statements joined', [allow(GET), allow(PUT)], [allow([GET, PUT])], 'no'],
  ['another name of a statement', [allow(GET, { Sid: 'A' })], [allow(GET, { Sid: 'B' })], 'no'],
  ['a Deny removed', [allow('*'), deny(PUT)], [allow('*')], 'yes'],
  ['a Deny removed of what nothing here allows', [deny(PUT)], [], 'yes'],
  ['a Deny narrowed', [deny('s3:*')], [deny(PUT)], 'yes'],
  ['a Deny widened', [deny(PUT)], [deny('s3:*')], 'no'],
  ['a Deny added', [allow('*')], [allow('*'), deny(PUT)], 'no'],
  ['a condition removed', [allow(GET, SECURE)], [allow(GET)], 'yes'],
  ['a condition added', [allow(GET)], [allow(GET, SECURE)], 'no'],
  ['a condition added to a Deny', [deny(GET)], [deny(GET, SECURE)], 'yes'],
  ['everything allowed', [allow(GET)], [allow(GET), allow('*')], 'yes'],
  ['more than is allowed, all of it denied', [deny('s3:*'), allow(GET)], [deny('s3:*'), allow('s3:*')], 'no'],
  ['a wildcard for what it matches', [allow('s3:*')], [allow('s3:Get*')], 'no'],
  ['a wildcard that matches more', [allow('s3:Get*')], [allow('s3:*')], 'yes'],
  ['all but one, where it was all but two', [allBut([GET, PUT])], [allBut(GET)], 'yes'],
  ['all but two, where it was all but one', [allBut(GET)], [allBut([GET, PUT])], 'no'],
  ['one of all but another', [allBut(GET)], [allow(PUT)], 'no'],
  ['everybody', [trust('123456789012')], [trust('*')], 'yes'],
  ['an account by its root', [trust('123456789012')], [trust('arn:aws:iam::123456789012:root')], 'no'],
  [
    'a service more',
    [trust('1')],
    [trust('1'), { ...trust('1'), Principal: { Service: 'x.amazonaws.com' } }],
    'yes',
  ],
  [
    'everybody but more',
    [{ ...trust('1'), Principal: undefined as never, NotPrincipal: { AWS: ['1', '2'] } }],
    [{ ...trust('1'), Principal: undefined as never, NotPrincipal: { AWS: '1' } }],
    'yes',
  ],
  ['one more value of a condition', [allow(GET, account(['1']))], [allow(GET, account(['1', '2']))], 'yes'],
  ['one value of a condition less', [allow(GET, account(['1', '2']))], [allow(GET, account('1'))], 'no'],
  [
    'another range of addresses',
    [allow(GET, range('10.0.0.0/16'))],
    [allow(GET, range('10.0.0.0/8'))],
    'perhaps',
  ],
  ['a range of addresses removed', [allow(GET, range('10.0.0.0/16'))], [allow(GET)], 'yes'],
  [
    'another resource',
    [allow(GET, { Resource: bucket('ResA') })],
    [allow(GET, { Resource: bucket('ResB') })],
    'yes',
  ],
  [
    'a resource as text',
    [allow(GET, { Resource: bucket('ResA') })],
    [allow(GET, { Resource: 'arn:x' })],
    'perhaps',
  ],
  [
    'a parameter where one character was',
    [allow(GET, { Resource: '?' })],
    [allow(GET, { Resource: { Ref: 'P' } })],
    'perhaps',
  ],
  [
    'a parameter',
    [allow(GET, { Resource: { Ref: 'P' } })],
    [allow(GET, { Resource: { Ref: 'Q' } })],
    'perhaps',
  ],
  [
    'the same parameter',
    [allow([GET, PUT], { Resource: { Ref: 'P' } })],
    [allow(GET, { Resource: { Ref: 'P' } })],
    'no',
  ],
])('BP-39: %s', (_what, before, after, expected) => {
  const clean = (list: readonly Statement[]) => JSON.parse(JSON.stringify(list)) as Statement[];
  expect(verdict(clean(before), clean(after))).toBe(expected);
});

test('a statement that is made at deploy is not decided, unless it stays', () => {
  const made: Statement = { 'Fn::If': ['Prod', allow(GET), allow('*')] };
  expect(verdict([made], [made, deny(PUT)])).toBe('no');
  expect(verdict([allow(GET)], [made])).toBe('perhaps');
  expect(broadening(document([allow(GET)]), { Ref: 'Document' }, CONTEXT).verdict).toBe('perhaps');
});

test('an example of what comes through is told', () => {
  expect(broadening(document([allow(GET)]), document([allow('s3:*')]), CONTEXT).example).toMatch(
    /^s3:.* on \* by \*$/,
  );
});

test('the partition and the Region of a stack are known', () => {
  const arn = (partition: Json): Json => ({ 'Fn::Join': ['', ['arn:', partition, ':s3:::b/*']] });
  const [before, after] = [arn('aws'), arn({ Ref: 'AWS::Partition' })].map(Resource =>
    document([allow(GET, { Resource })]),
  );
  expect(broadening(before, after, { ...CONTEXT, region: 'us-east-2' }).verdict).toBe('no');
  expect(broadening(before, after, { ...CONTEXT, region: 'cn-north-1' }).verdict).toBe('yes');
  expect(broadening(before, after, CONTEXT).verdict).toBe('perhaps');
});

const TOKENS: readonly Json[] = [
  { Ref: 'P' },
  { 'Fn::GetAtt': ['ResA', 'Arn'] },
  { 'Fn::GetAtt': ['ResB', 'Arn'] },
];
const pattern = (letters: string) =>
  fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 3 });
const some = (value: fc.Arbitrary<Json>) => fc.array(value, { minLength: 1, maxLength: 2 });
const side = (name: string, value: fc.Arbitrary<Json>) =>
  fc.tuple(fc.boolean(), some(value)).map(([not, list]) => ({ [not ? `Not${name}` : name]: list }));
const condition = fc
  .tuple(
    fc.constantFrom(
      'StringEquals',
      'StringNotEquals',
      'StringEqualsIfExists',
      'StringLike',
      'StringNotLike',
      'Null',
    ),
    fc.uniqueArray(fc.constantFrom('1', '2'), { minLength: 1, maxLength: 2 }),
    fc.constantFrom('1*', '*', '2'),
  )
  .map(([operator, values, wild]): Statement => {
    if (operator === 'Null') return { Null: { k: values[0] === '1' ? 'true' : 'false' } };
    return { [operator]: { k: operator.endsWith('Like') ? [...values, wild] : values } };
  });
const statement = fc
  .record({
    effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    action: side('Action', pattern('aB*?')),
    resource: side(
      'Resource',
      fc.oneof({ weight: 3, arbitrary: pattern('ab*?') }, fc.constantFrom(...TOKENS)),
    ),
    condition: fc.option(condition, { nil: undefined, freq: 2 }),
  })
  .map(
    ({ effect, action, resource, condition: Condition }): Statement => ({
      ...{ Effect: effect, ...action, ...resource },
      ...(Condition === undefined ? {} : { Condition }),
    }),
  );
const policy = fc.array(statement, { maxLength: 3 });
/** Two policies, most often near each other. */
const pair = fc.tuple(policy, policy, fc.nat(3)).map(([left, right, kept]) => ({
  before: left,
  after: [...left.slice(0, kept), ...right.slice(0, 2)],
}));

/** What tokens may stand for; two resources never have one name. */
const VALUES: readonly Tokens[] = ['', 'a', 'ab', 'bab'].flatMap(P =>
  [
    ['a', 'b'],
    ['ab', 'ba'],
    ['c', 'a'],
  ].map(([A = '', B = '']) => ({
    [JSON.stringify(TOKENS[0])]: P,
    [JSON.stringify(TOKENS[1])]: A,
    [JSON.stringify(TOKENS[2])]: B,
  })),
);
const UNIVERSE = { action: texts('abc', 4), resource: texts('abc', 4), principal: ['x'] };

test(`no broadening is missed and none is made up, over ${RUNS} pairs and all requests of a small world`, () => {
  const counts = { no: 0, perhaps: 0, yes: 0, 'perhaps, and it was': 0 };
  fc.assert(
    fc.property(pair, ({ before, after }) => {
      const told = verdict(before, after);
      const tokens = JSON.stringify([before, after]).includes('{"') ? VALUES : VALUES.slice(0, 1);
      const real = tokens.map(each => broaderByForce(before, after, UNIVERSE, each));
      counts[told] += 1;
      if (told === 'perhaps' && real.includes(true)) counts['perhaps, and it was'] += 1;
      if (told === 'no') return real.every(each => !each);
      return told === 'perhaps' || real.every(each => each);
    }),
    { numRuns: RUNS },
  );
  process.stderr.write(`policies: ${JSON.stringify(counts)}\n`);
  expect(Math.min(counts.no, counts.yes)).toBeGreaterThan(RUNS / 20);
});
