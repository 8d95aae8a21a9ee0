import { makeChangeSets, readChangeSets } from '../../../lib/drift/account/change-sets';
import type { Json } from '../../../lib/drift/model';
import { HoldfastError } from '../../../lib/errors';
import { findings, resource, said, template } from '../judged';
import { assemblyOf, deleteAssemblies, InstantClock, MemoryAccount } from './memory';

const REGION = 'us-east-2';
const queue = template({ Queue: resource('AWS::SQS::Queue', { DelaySeconds: 1 }) });
afterEach(deleteAssemblies);

const DONE: Json = {
  ...{ ChangeSetId: 'arn', StackName: 'data', Status: 'CREATE_COMPLETE' },
  StackId: `arn:aws:cloudformation:${REGION}:111122223333:stack/data/1`,
  Changes: [
    {
      Type: 'Resource',
      ResourceChange: {
        ...{
          Action: 'Modify',
          LogicalResourceId: 'Queue',
          ResourceType: 'AWS::SQS::Queue',
          Replacement: 'False',
        },
        BeforeContext: '{"Properties":{"DelaySeconds":"1"}}',
        AfterContext: '{"Properties":{"DelaySeconds":"2"}}',
        Details: [],
      },
    },
  ],
};
const UNDER_WAY: Json = { ...DONE, Status: 'CREATE_IN_PROGRESS', Changes: [] };

function world(documents: readonly Json[], known: ConstructorParameters<typeof MemoryAccount>[0] = {}) {
  const account = new MemoryAccount({
    [`${REGION}/data`]: { parameters: { A: { value: '1' }, Gone: { value: '2' } } },
    ...known,
  });
  account.documents = { made: [...documents] };
  const abort = new AbortController();
  const next = { ...queue, Parameters: { A: { Type: 'String' } } };
  const run = (more: { uploaded?: string; template?: typeof queue } = {}) =>
    makeChangeSets(account, {
      assembly: assemblyOf([{ region: REGION, stack: 'data', template: next, ...more }]),
      clock: new InstantClock(),
      ...{ signal: abort.signal, random: () => 0.5 },
    });
  return { account, abort, run };
}

test('a change set is made, waited for, read and deleted again; parameters keep their values', async () => {
  const { account, run } = world([UNDER_WAY, UNDER_WAY, DONE]);
  const found = findings(await run());
  expect(found).toMatchObject([{ class: 'change', resource: 'Queue', path: 'Properties.DelaySeconds' }]);
  expect(account.asked).toEqual([
    `describe ${REGION} data`,
    `create ${REGION} data body A`,
    `delete ${REGION} data`,
  ]);
  expect(account.made.size).toBe(0);
});

test('an interrupted run deletes what it has made, and then says that it was interrupted', async () => {
  const { account, abort, run } = world([UNDER_WAY]);
  account.onCreate = () => abort.abort();
  await expect(run()).rejects.toMatchObject({ code: 'aborted' });
  expect(account.asked.at(-1)).toBe(`delete ${REGION} data`);
  expect(account.made.size).toBe(0);
});

test('what an interrupted run could not delete is named, since nothing else is said', async () => {
  const { account, abort, run } = world([UNDER_WAY]);
  account.onCreate = () => abort.abort();
  account.stubborn = 999;
  await expect(run()).rejects.toMatchObject({
    code: 'aborted',
    problems: [{ path: `${REGION}/data`, message: expect.stringContaining('could not be deleted again') }],
  });
});

test('one of which it is not known whether it was made is deleted all the same', async () => {
  const { account, run } = world([DONE]);
  account.onCreate = () => {
    throw new HoldfastError('unavailable', 'making a change set: TimeoutError');
  };
  const found = await run();
  expect(said(findings(found))).toEqual(['unchecked unchecked']);
  expect(account.made.size).toBe(0);
});

test('a deletion that is throttled is tried again; what stays is said by name', async () => {
  const once = world([DONE]);
  once.account.stubborn = 9;
  expect(said(findings(await once.run()))).toEqual(['change change']);
  expect(once.account.made.size).toBe(0);
  const ever = world([DONE]);
  ever.account.stubborn = 999;
  const found = (await ever.run()).flatMap(({ unchecked }) => unchecked);
  expect(found).toMatchObject([
    { why: expect.stringMatching(/holdfast-drift-[0-9a-f]{10} could not be deleted/) },
  ]);
});

test('one that never ends is given up, told and deleted', async () => {
  const { account, run } = world([UNDER_WAY]);
  expect((await run()).flatMap(({ unchecked }) => unchecked)[0]?.why).toContain('was not made in 600 s');
  expect(account.made.size).toBe(0);
});

test('a failure and what it leaves behind are both told', async () => {
  const { account, run } = world([DONE]);
  account.stubborn = 999;
  account.onCreate = () => {
    throw new HoldfastError('refused', 'making a change set: AccessDenied');
  };
  const whys = (await run()).flatMap(({ unchecked }) => unchecked.map(({ why }) => why));
  expect(whys).toEqual([
    expect.stringContaining('AccessDenied'),
    expect.stringContaining('could not be deleted'),
  ]);
});

test('a stack that is not there gets no change set, which would leave an empty stack behind', async () => {
  const { account, run } = world([DONE], { [`${REGION}/data`]: { status: 'REVIEW_IN_PROGRESS' } });
  expect(said(findings(await run()))).toEqual(['unchecked unchecked']);
  expect(account.asked).toEqual([`describe ${REGION} data`]);
});

test('nothing to change is no finding', async () => {
  const { run } = world([
    {
      ...DONE,
      Status: 'FAILED',
      StatusReason: "The submitted information didn't contain changes.",
      Changes: [],
    },
  ]);
  expect(findings(await run())).toEqual([]);
});

test('a template that is too long goes by the address of its upload, and without one not at all', async () => {
  const long = { ...queue, Description: 'x'.repeat(60_000), Parameters: {} };
  const { account, run } = world([DONE]);
  await run({ template: long, uploaded: 's3://assets-us/key.json' });
  expect(account.asked).toContain(`create ${REGION} data url `);
  const [unchecked] = (await run({ template: long })).flatMap(each => each.unchecked);
  expect(unchecked?.fix).toContain('--read-change-set');
});

describe('change sets that somebody else has made', () => {
  const NESTED = 'AWS::CloudFormation::Stack';
  const inner = { ...DONE, StackName: 'data-Inner-1', StackId: DONE.StackId as string };
  const outer: Json = {
    ...DONE,
    Changes: [
      {
        ResourceChange: {
          ...{ Action: 'Modify', LogicalResourceId: 'Inner', ResourceType: NESTED, Details: [] },
          ...{
            ChangeSetId: 'inner',
            PhysicalResourceId: 'data-Inner-1',
            Replacement: 'False',
            Scope: ['Properties'],
          },
        },
      },
    ],
  };

  test('are read with those of the stacks within, and none is deleted', async () => {
    const { account } = world([]);
    account.documents = { theirs: [outer], inner: [inner] };
    const assembly = assemblyOf([{ region: REGION, stack: 'data', template: queue }]);
    const found = findings(await readChangeSets(account, assembly, 'theirs'));
    expect(found.filter(({ stack }) => stack === 'data-Inner-1')).toMatchObject([
      { class: 'change', resource: 'Queue' },
    ]);
    expect(found.filter(({ class: kind }) => kind === 'unchecked')).toEqual([]);
    expect(account.asked).toEqual([]);
  });

  test('a stack that has none of that name is unchecked', async () => {
    const { account } = world([]);
    const assembly = assemblyOf([{ region: REGION, stack: 'data', template: queue }]);
    expect(said(findings(await readChangeSets(account, assembly, 'theirs')))).toEqual([
      'unchecked unchecked',
    ]);
  });
});
