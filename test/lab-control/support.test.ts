import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { systemClock } from '../../lib/clock';
import { bootstrap } from '../../lib/lab/deploy';
import { LAB_ACCOUNT } from '../../lib/lab/emulator';
import { probeSupport, type Support, supportOf, supportTable } from '../../lib/lab/emulator/support';
import { PARTLY } from '../../lib/lab/emulator/support-notes';
import { pythonTools, REPOSITORY, type TestControlPlane, testControlPlane } from './control-plane';
import { Stacks } from './stacks';
import { type ExampleStack, exampleStacks } from './templates';

jest.setTimeout(180_000);

const DOCUMENT = path.join(REPOSITORY, 'docs', 'lab-support.md');
const TABLE = /(<!-- generated: resource types -->\n)[\s\S]*?(<!-- end -->)/;

let plane: TestControlPlane;
let stacks: readonly ExampleStack[];
let support: readonly Support[];

beforeAll(async () => {
  stacks = exampleStacks();
  const probe = await probeSupport(await pythonTools(), new AbortController().signal);
  support = supportOf(
    stacks.flatMap(stack => stack.types),
    probe,
  );
  plane = await testControlPlane();
});
afterAll(() => plane?.stop());

test('the support table is that of the templates and of the pinned emulator', () => {
  const document = readFileSync(DOCUMENT, 'utf8');
  const wanted = document.replace(TABLE, `$1\n${supportTable(support)}\n\n$2`);
  if (process.env.HOLDFAST_WRITE_DOCS !== undefined) writeFileSync(DOCUMENT, wanted);
  expect(readFileSync(DOCUMENT, 'utf8')).toBe(wanted);
});

test('every template of the example deploys, and exactly what is said to be absent is absent', async () => {
  const access = { endpoint: plane.endpoint, caller: 'tester' };
  const wait = { clock: systemClock, signal: new AbortController().signal };
  for (const region of new Set(stacks.map(stack => stack.region))) {
    await bootstrap(access, { account: LAB_ACCOUNT, region }, wait);
  }
  for (const { region, stackName, body } of stacks) {
    const Bucket = `cdk-hnb659fds-assets-${LAB_ACCOUNT}-${region}`;
    await new S3Client(plane.client(region)).send(
      new PutObjectCommand({ Bucket, Key: stackName, Body: body }),
    );
    const url = `https://s3.${region}.amazonaws.com/${Bucket}/${stackName}`;
    const outcome = await new Stacks(plane.client(region)).createFrom(stackName, url);
    expect({ region, stackName, ...outcome }).toMatchObject({ status: 'CREATE_COMPLETE', failures: [] });
  }
  const absent = support.filter(one => one.level === 'not emulated').map(one => one.type);
  // An alarm over metric math is written down too: the table tells it in the note of its type.
  const found = (await plane.admin.notEmulated())
    .map(one => one.type)
    .filter(type => !type.endsWith('(metric math)'));
  expect([...new Set(found)].sort()).toEqual(absent);
});

test('a note is about a type that the emulator or the launcher creates', async () => {
  const probe = await probeSupport(await pythonTools(), new AbortController().signal);
  const created = new Set([...probe.emulator, ...probe.bridge]);
  expect(Object.keys(PARTLY).filter(type => !created.has(type))).toEqual([]);
});

test('a type that nothing creates is not emulated, and one that is bridged says so', () => {
  const probe = { emulator: ['AWS::SQS::Queue'], bridge: ['AWS::EC2::EIP'] };
  const levels = supportOf(
    ['AWS::Budgets::Budget', 'AWS::SQS::Queue', 'AWS::EC2::EIP', 'AWS::SQS::Queue'],
    probe,
  );
  expect(levels.map(({ type, level }) => [type, level])).toEqual([
    ['AWS::Budgets::Budget', 'not emulated'],
    ['AWS::EC2::EIP', 'bridged'],
    ['AWS::SQS::Queue', 'emulated'],
  ]);
});
