import { compareDeployed } from '../../../lib/drift/account/deployed';
import type { Comparison } from '../../../lib/drift/model';
import type { HoldfastError } from '../../../lib/errors';
import { findings, resource, said, template } from '../judged';
import { assemblyOf, deleteAssemblies, denied, MemoryAccount, type MemoryStack } from './memory';

const [EAST, WEST] = ['us-east-2', 'us-west-2'] as const;
const queue = (DelaySeconds: number) => template({ Queue: resource('AWS::SQS::Queue', { DelaySeconds }) });
afterEach(deleteAssemblies);

const told = (comparisons: readonly Comparison[]) =>
  findings(comparisons).map(({ class: kind, region, stack, resource: id, path }) =>
    [kind, region, stack, id, path].join(' '),
  );

/** One new template of a stack in each Region, against what stands. */
const compare = (
  known: Readonly<Record<string, MemoryStack>>,
  next = queue(2),
  account = new MemoryAccount(known),
) =>
  compareDeployed(
    account.stacks,
    assemblyOf([EAST, WEST].map(region => ({ region, stack: 'data', template: next }))),
  );

test('each stack of the assembly is held against what stands in its own Region', async () => {
  const found = await compare({
    [`${EAST}/data`]: { template: queue(2) },
    [`${WEST}/data`]: { template: queue(1) },
  });
  expect(told(found)).toEqual([`change ${WEST} data Queue Properties.DelaySeconds`]);
  expect(found.reduce((sum, { checked }) => sum + checked, 0)).toBe(2);
});

test('access that is denied for one stack hides no other: it is unchecked, with what to do', async () => {
  const fails = denied('describing data in us-east-2');
  const found = await compare({ [`${EAST}/data`]: { fails }, [`${WEST}/data`]: { template: queue(1) } });
  expect(told(found).sort()).toEqual([
    `change ${WEST} data Queue Properties.DelaySeconds`,
    `unchecked ${EAST} data - `,
  ]);
  const [unchecked] = found.flatMap(each => each.unchecked);
  expect(unchecked?.why).toContain('AccessDenied');
  expect(unchecked?.fix).toContain('docs/policies/drift.json');
});

test('a stack that is not there, or holds but a change set, is a new one: all of it is made', async () => {
  const found = await compare({ [`${WEST}/data`]: { status: 'REVIEW_IN_PROGRESS' } });
  expect(said(findings(found))).toEqual(['change change', 'change change']);
  expect(found.flatMap(({ changes }) => changes.map(({ action }) => action))).toEqual(['create', 'create']);
});

test.each([
  ['UPDATE_IN_PROGRESS', 'run again when it has ended'],
  ['UPDATE_ROLLBACK_FAILED', 'mend the stack first'],
])('%s: what stands may not be the template, and that is said', async (status, fix) => {
  const found = await compare({
    [`${EAST}/data`]: { template: queue(2), status },
    [`${WEST}/data`]: { template: queue(2) },
  });
  expect(found.flatMap(({ unchecked }) => unchecked)).toMatchObject([{ region: EAST, fix }]);
});

test('credentials of another account are no reason to call every stack new', async () => {
  const account = new MemoryAccount({});
  const assembly = assemblyOf([{ region: EAST, stack: 'data', template: queue(1), account: '999999999999' }]);
  const found = await compareDeployed(account.stacks, assembly);
  expect(found.flatMap(({ changes }) => changes)).toEqual([]);
  expect(found[0]?.unchecked[0]?.why).toBe(
    'the stack belongs into account 999999999999, and the credentials are of 111122223333',
  );
  expect(account.asked).toEqual([]);
});

test('a template that is none is unchecked and quotes nothing', async () => {
  const found = await compare({ [`${EAST}/data`]: {}, [`${WEST}/data`]: { template: queue(2) } });
  expect(told(found)).toEqual([`unchecked ${EAST} data - `]);
});

test('a fault of ours is no finding: it is thrown', async () => {
  const account = new MemoryAccount({});
  account.stacks.describe = async () => {
    throw new TypeError('a fault');
  };
  await expect(compare({}, queue(1), account)).rejects.toThrow('a fault');
});

describe('stacks within stacks', () => {
  const NESTED = 'AWS::CloudFormation::Stack';
  const outer = (asset = 'inner.json') =>
    template({
      Inner: { Type: NESTED, Properties: { TemplateURL: 'x' }, Metadata: { 'aws:asset:path': asset } },
    });
  const arn = `arn:aws:cloudformation:${EAST}:1:stack/data-Inner-1/2`;
  const account = (inner: MemoryStack) =>
    new MemoryAccount({
      [`${EAST}/data`]: { template: outer(), resources: [{ id: 'Inner', type: NESTED, physicalId: arn }] },
      [`${EAST}/data-Inner-1`]: inner,
    });
  const run = (from: MemoryAccount, next = outer()) =>
    compareDeployed(
      from.stacks,
      assemblyOf([{ region: EAST, stack: 'data', template: next }], { 'inner.json': queue(2) }),
    );

  test('are compared by the templates of the assembly, and are unchecked no longer', async () => {
    const found = await run(account({ template: queue(1) }));
    expect(told(found)).toEqual([`change ${EAST} data/Inner Queue Properties.DelaySeconds`]);
    expect(found[0]?.checked).toBe(1);
  });

  test('one that cannot be read is told at its own place', async () => {
    expect(told(await run(account({ fails: denied('describing data-Inner-1') })))).toEqual([
      `unchecked ${EAST} data/Inner - `,
    ]);
  });

  test('one that is given up loses what it holds', async () => {
    const found = await run(account({ template: queue(1) }), template({}));
    expect(said(findings(found))).toContain('danger stateful-loss');
  });

  test('one whose new template nobody knows stays unchecked', async () => {
    const next = template({ Inner: { Type: NESTED, Properties: { TemplateURL: 'x' } } });
    expect(told(await run(account({ template: queue(1) }), next))).toContain(`unchecked ${EAST} data Inner `);
  });
});

describe('parameters that CloudFormation reads at deploy', () => {
  const image = template(
    { Launch: resource('AWS::EC2::LaunchTemplate', { LaunchTemplateData: { ImageId: { Ref: 'Image' } } }) },
    { Parameters: { Image: { Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: '/ami' } } },
  );
  const run = async (deployed: string | undefined, now: string | undefined, fails?: HoldfastError) => {
    const parameter = { value: '/ami', ...(deployed === undefined ? {} : { resolved: deployed }) };
    const account = new MemoryAccount({
      [`${EAST}/data`]: { template: image, parameters: { Image: parameter } },
    });
    if (now !== undefined) account.parameterValues.set('/ami', now);
    account.parametersFail = fails;
    return findings(
      await compareDeployed(account.stacks, assemblyOf([{ region: EAST, stack: 'data', template: image }])),
    );
  };

  test('BP-38 the value of now against that of the last deploy: equal ones change nothing', async () => {
    expect(await run('ami-1', 'ami-1')).toEqual([]);
  });

  test('BP-38 another value is told as the change that it makes', async () => {
    const [found] = await run('ami-1', 'ami-2');
    expect(found).toMatchObject({ path: 'Properties.LaunchTemplateData', class: 'change' });
  });

  test.each([
    ['the value of the last deploy', undefined, 'ami-1'],
    ['the value of now', 'ami-1', undefined],
  ])('BP-38 without %s nobody can tell', async (_what, deployed, now) => {
    expect(said(await run(deployed, now))).toEqual(['unknown resolved-at-deploy']);
  });

  test('parameters that may not be read are unchecked, and the rest is compared', async () => {
    const found = await run('ami-1', 'ami-1', denied('reading parameters'));
    expect(said(found)).toEqual(['unchecked unchecked', 'unknown resolved-at-deploy']);
  });
});
