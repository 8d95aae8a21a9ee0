import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CloudFormationClient,
  ListChangeSetsCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import { LambdaClient, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { createDriftAccount, type OpenDriftAccount } from '../../lib/aws';
import { systemClock } from '../../lib/clock';
import { type AccountRequest, askAccount, runDrift } from '../../lib/drift';
import { LAB_ACCOUNT } from '../../lib/lab/emulator';
import { mappingStack } from '../helpers/mapping-stack';
import { type TestControlPlane, testControlPlane } from './control-plane';
import { Stacks } from './stacks';

jest.setTimeout(120_000);

const [EAST, WEST] = ['us-east-2', 'us-west-2'] as const;
const STACK = 'by-hand';
let plane: TestControlPlane;
let account: OpenDriftAccount;
let folder: string;

beforeAll(async () => {
  plane = await testControlPlane();
  const { endpoint, credentials } = plane.client(EAST);
  account = createDriftAccount({ application: 'orders', clock: systemClock, endpoint, credentials });
  for (const region of [EAST, WEST]) {
    const { status } = await new Stacks(plane.client(region)).create(STACK, mappingStack(region === EAST));
    expect(status).toBe('CREATE_COMPLETE');
    await feed(region, 'Turning', region === EAST); // the emulator makes every mapping enabled
  }
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-drift-control-'));
});
afterAll(async () => {
  account?.close();
  await plane?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function feed(region: string, mapping: string, Enabled: boolean): Promise<void> {
  const client = new CloudFormationClient(plane.client(region));
  const { StackResourceSummaries = [] } = await client.send(
    new ListStackResourcesCommand({ StackName: STACK }),
  );
  const UUID = StackResourceSummaries.find(each => each.LogicalResourceId === mapping)?.PhysicalResourceId;
  await new LambdaClient(plane.client(region)).send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
}

/** Class, rule, Region and resource of what is found. */
async function said(request: AccountRequest, active: string): Promise<readonly string[]> {
  const { sources, facts } = await askAccount(request, {
    ...{ account, clock: systemClock, signal: new AbortController().signal, random: () => 0.25 },
    stacks: [EAST, WEST].map(region => ({ region, stack: STACK })),
    ...{ regions: [EAST, WEST], register: { epoch: 2, region: active } },
  });
  const { findings } = runDrift(sources, { facts });
  return findings
    .map(({ class: kind, rule, region, resource }) => [kind, rule, region, resource].join(' '))
    .sort();
}

test('mappings of a real control plane: as born, left behind, turned, and off', async () => {
  expect(await said({ live: true }, EAST)).toEqual([]);
  expect(await said({ live: true }, WEST)).toEqual(
    [EAST, WEST].map(region => `danger consumer-against-role ${region} Turning`),
  );
  await feed(EAST, 'Turning', false);
  await feed(WEST, 'Turning', true);
  await feed(EAST, 'Always', false);
  expect(await said({ live: true }, WEST)).toEqual([
    `danger consumer-against-role ${EAST} Always`,
    ...[EAST, WEST].map(region => `expected mapping-role ${region} Turning`),
  ]);
});

test('a change set is made of a real stack, read, and gone afterwards', async () => {
  const { Resources } = mappingStack(true);
  const changed = {
    Resources: { ...Resources, Queue: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 7 } } },
  };
  const stack = {
    ...{ type: 'aws:cloudformation:stack', environment: `aws://${LAB_ACCOUNT}/${EAST}` },
    properties: { templateFile: 'stack.json', stackName: STACK },
  };
  writeFileSync(path.join(folder, 'stack.json'), JSON.stringify(changed));
  writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify({ artifacts: { stack } }));
  const found = await said({ makeChangeSets: true, fromAccount: true, assembly: folder }, EAST);
  // By the template, and by the change set.
  expect(found.filter(each => each === `change change ${EAST} Queue`)).toHaveLength(2);
  const client = new CloudFormationClient(plane.client(EAST));
  const { Summaries = [] } = await client.send(new ListChangeSetsCommand({ StackName: STACK }));
  expect(Summaries).toEqual([]);
  const calls = (await plane.admin.calls({ service: 'cloudformation' })).map(({ action }) => action);
  expect(calls.filter(action => /ChangeSet$/.test(action) && action !== 'DescribeChangeSet')).toEqual([
    'CreateChangeSet',
    'DeleteChangeSet',
  ]);
});
