import * as fc from 'fast-check';
import { MASK, maskComparison, maskFindings, maskText } from '../../../lib/drift/mask/mask';
import { isSecretName } from '../../../lib/drift/mask/names';
import type { Comparison, Finding, Json, ResourceChange } from '../../../lib/drift/model';
import { compared, entry, fixture, planOf } from '../terraform/plans';
import { inNames, LOOKS, lookAlike, NAMES, plain } from './secrets';

const change = (more: Partial<ResourceChange>): ResourceChange => ({
  ...{ region: 'eu-west-1', stack: 's', resource: 'r', type: 't', source: 'template', action: 'update' },
  ...{ before: undefined, after: undefined, differences: [] },
  ...more,
});
const comparison = (...changes: ResourceChange[]): Comparison => ({ checked: 1, changes, unchecked: [] });
const hidden = (value: Json, path = 'Value') =>
  maskComparison(
    comparison(change({ after: value, differences: [{ path, before: undefined, after: value }] })),
  );
/** Also in the form in which it stands within a JSON text. */
const survives = (value: unknown, secret: string): boolean => {
  const text = JSON.stringify(value);
  return [secret, JSON.stringify(secret).slice(1, -1)].some(form => text.includes(form));
};

describe('texts', () => {
  test.each(Object.entries(LOOKS))('a %s is masked, alone and in a sentence', (_name, make) => {
    for (let seed = 0; seed < 40; seed += 1) {
      const secret = make(String(seed));
      for (const text of [secret, `the value ${secret} changes to "${secret}".`, `x=${secret};`]) {
        expect(maskText(text)).not.toContain(secret);
        expect(maskText(text)).toContain(MASK);
      }
    }
  });

  test.each([
    ['postgres://orders:hunter2@db.example:5432/orders', `postgres://orders:${MASK}@db.example:5432/orders`],
    ['redis://:p@ss/w0rd@cache:6379', `redis://:${MASK}@cache:6379`],
    ['Server=db;User Id=sa;Password=hunter2;', `Server=db;User Id=sa;Password=${MASK};`],
    ['{"user":"a","password":"hunter2"}', `{"user":"a","password":"${MASK}"}`],
    ['run --api-key=hunter2 now', `run --api-key=${MASK} now`],
    ['DB_PASSWORD: hunter2', `DB_PASSWORD: ${MASK}`],
    ["token = 'a b c'", `token = '${MASK}'`],
  ])('%s', (text, expected) => {
    expect(maskText(text)).toBe(expected);
  });

  test('a secret access key of AWS, which has no form but its length, is masked', () => {
    expect(maskText('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY')).toBe(MASK);
    expect(maskText('key 7Xb2Kq9LmN4pRs8TvW1yZa3cEf6gHj5k end')).toBe(`key ${MASK} end`);
  });

  test.each([
    'OrdersServiceTaskDefinitionExecutionRoleDefaultPolicyB8A6D5A2',
    'arn:aws:iam::111122223333:role/service-role/OrdersServiceExecutionRole-1ABCDEFGHIJKL',
    'module.network["eu-west-1"].aws_security_group_rule.allow_from_application_balancer[0]',
    'SecretArn=arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-AbCdEf',
    'https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database.html',
    'password={{resolve:secretsmanager:orders:SecretString:password}}',
    'hashicorp/terraform-provider-aws#43214',
    '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
    'sg-0123456789abcdef0 opens tcp/22 to 0.0.0.0/0',
    'manage_master_user_password: true',
    'deletion_protection goes from true to false',
  ])('%s stays as it is', text => {
    expect(maskText(text)).toBe(text);
  });

  test('masking twice changes nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), lookAlike, fc.constantFrom(...NAMES, '=', ': '))), parts => {
        const once = maskText(parts.join(''));
        expect(maskText(once)).toBe(once);
      }),
      { numRuns: 300 },
    );
  });

  test('a long text takes no long time', () => {
    const texts = [
      'a-',
      'password',
      'eyJ',
      '-----BEGIN ',
      'x://',
      'a.',
      '\\"',
      'token="',
      'AKIA',
      '=:',
      'x://@',
    ];
    for (const text of texts) expect(maskText(text.repeat(100_000)).length).toBeGreaterThan(0);
  }, 4_000);
});

test('names tell secrets, and what only speaks of one is none', () => {
  for (const name of NAMES) expect([name, isSecretName(name)]).toEqual([name, true]);
  const others = [
    'SecretArn',
    'secret_name',
    'token_ttl',
    'passwordPolicy',
    'kms_key_id',
    'Key',
    'monkey',
    'author',
  ];
  for (const name of [...others, 'KeyId', 'PasswordLength'])
    expect([name, isSecretName(name)]).toEqual([name, false]);
});

describe('values', () => {
  test.each<[string, Json]>([
    ['under its name', { MasterUserPassword: 'hunter2' }],
    ['as a number', { password: 271828 }],
    ['below its name', { secrets: { inner: ['hunter2'] } }],
    ['in a pair of name and value', { Environment: [{ Name: 'DB_PASSWORD', Value: 'hunter2' }] }],
    ['in a pair of parameters', [{ ParameterKey: 'Password', ParameterValue: 'hunter2' }]],
    ['in a JSON text', { container_definitions: '[{"environment":[{"name":"API_KEY","value":"hunter2"}]}]' }],
    ['as the default of a parameter without echo', { Type: 'String', NoEcho: true, Default: 'hunter2' }],
  ])('%s', (_name, value) => {
    const masked = hidden(value);
    expect(JSON.stringify(masked)).not.toMatch(/hunter2|271828/);
    expect(JSON.stringify(masked)).toContain(MASK);
  });

  test('a difference hides what its document hides', () => {
    const document = { Environment: [{ Name: 'DB_PASSWORD', Value: 'hunter2' }] };
    const differences = [{ path: 'Environment[0].Value', before: 'hunter1', after: 'hunter2' }];
    const before = { Environment: [{ Name: 'DB_PASSWORD', Value: 'hunter1' }] };
    const masked = maskComparison(comparison(change({ before, after: document, differences })));
    expect(JSON.stringify(masked)).not.toMatch(/hunter/);
  });

  test('a difference that is marked is hidden, whatever its document says', () => {
    const differences = [{ path: 'Value', before: 'hunter1', after: 'hunter2', sensitive: true }];
    const [masked] = maskComparison(comparison(change({ differences }))).changes;
    expect(masked?.differences).toMatchObject([{ before: MASK, after: MASK }]);
  });

  test('what is no secret stays', () => {
    const value = {
      ...{ SecretArn: 'arn:aws:secretsmanager:x', Password: '{{resolve:ssm-secure:p:1}}', Port: 5432 },
      ...{ Name: 'orders', ManagePassword: true, Token: '', Tags: [{ Key: 'team', Value: 'orders' }] },
    };
    expect(hidden(value).changes[0]?.after).toEqual(value);
  });
});

describe('BP-56: no planted secret survives', () => {
  const cover = fc.record({
    secret: plain,
    look: lookAlike,
    form: inNames,
    name: fc.constantFrom(...NAMES),
    other: plain,
  });

  test('in any JSON of a comparison, whether marked, named or told by its looks', () => {
    fc.assert(
      fc.property(cover, ({ secret, look, form, name, other }) => {
        const values = (marked: string) => ({
          ...{
            marked,
            nested: { list: [{ deep: marked }] },
            [name]: other,
            text: `before ${look} after`,
            look,
          },
          ...{ json: JSON.stringify({ a: [{ name, value: other }] }), map: { [marked]: 1 } },
        });
        const marks = { marked: true, nested: { list: [{ deep: true }] }, map: true };
        const update = {
          ...{ actions: ['update'], before: values(`${secret}!`), after: values(secret) },
          ...{ before_sensitive: marks, after_sensitive: marks },
        };
        const whole = { actions: ['update'], before: { a: `${secret}?` }, after: { [secret]: [secret] } };
        const wholly = { ...whole, before_sensitive: true, after_sensitive: true };
        const plan = planOf(
          [
            entry('aws_x.a', update),
            entry('aws_x.b', wholly),
            entry(`aws_x.c["${form}"]`, { actions: ['delete'] }),
          ],
          {
            resource_drift: [entry('aws_x.d', update)],
            output_changes: { o: wholly },
            variables: { v: { value: `${secret}#` } },
            configuration: { root_module: { variables: { v: { sensitive: true } } } },
            checks: [
              {
                status: 'fail',
                instances: [
                  { problems: [{ message: `it is ${secret} and ${look} and ${name}: '${form}'` }] },
                ],
              },
            ],
          },
        );
        const masked = maskComparison(compared(plan));
        expect(masked.changes).toHaveLength(6);
        for (const planted of [secret, `${secret}!`, look, form, other])
          expect(survives(masked, planted)).toBe(false);
        expect(masked).not.toHaveProperty('secrets');
      }),
      { numRuns: 100 },
    );
  });

  test('in any text of a finding', () => {
    fc.assert(
      fc.property(cover, ({ secret, look, form, name, other }) => {
        const finding: Finding = {
          ...({ id: 'i', rule: 'r', class: 'change', region: '-', action: 'update' } as const),
          ...{
            stack: 's',
            type: 't',
            resource: `a["${secret}"]`,
            path: `a.${form}`,
            why: `from ${secret} to ${look}, x${secret}`,
          },
          fix: `${name}="${other.replace(/["\\]/g, '')}"`,
        };
        const masked = maskFindings([finding], [{ ...comparison(), secrets: [secret] }]);
        for (const planted of [secret, look, form, other.replace(/["\\]/g, '')]) {
          expect(survives(masked, planted)).toBe(false);
        }
        expect(masked[0]).toMatchObject({ id: 'i', rule: 'r', stack: 's' });
      }),
      { numRuns: 100 },
    );
  });

  test('of the secrets in plans of Terraform', () => {
    for (const name of ['03-update-and-replace', '06-destroy-all', '07-targeted', '09-sensitive-update']) {
      expect(survives(maskComparison(compared(fixture(name))), 's3cret')).toBe(false);
    }
    expect(survives(compared(fixture('06-destroy-all')), 's3cret')).toBe(true);
  });

  test('a short one, or a plain word, is masked where it is marked and does not eat the report', () => {
    const update = { actions: ['update'], before: { a: 'prod' }, after: { a: '7', b: 'prod-db' } };
    const marked = { ...update, before_sensitive: { a: true }, after_sensitive: { a: true } };
    const masked = maskComparison(compared(planOf([entry('aws_x.prod7', marked)])));
    expect(masked.changes[0]).toMatchObject({
      resource: 'aws_x.prod7',
      before: { a: MASK },
      after: { a: MASK, b: 'prod-db' },
    });
  });
});
