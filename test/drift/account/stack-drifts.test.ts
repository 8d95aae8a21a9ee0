import { detectDrifts } from '../../../lib/drift/account/stack-drifts';
import type { Json } from '../../../lib/drift/model';
import { findings, said } from '../judged';
import { denied, InstantClock, MemoryAccount } from './memory';

const REGION = 'us-east-2';
const drift = (resource: string, status: string, type = 'AWS::SQS::Queue'): Json => ({
  ...{ LogicalResourceId: resource, ResourceType: type, StackResourceDriftStatus: status },
  StackId: `arn:aws:cloudformation:${REGION}:1:stack/real-name/1`,
  ExpectedProperties: '{"DelaySeconds":1}',
  ActualProperties: '{"DelaySeconds":2}',
  PropertyDifferences: [
    { DifferenceType: 'NOT_EQUAL', PropertyPath: '/DelaySeconds', ExpectedValue: '1', ActualValue: '2' },
  ],
});
const summary = (resource: string, type: string, physical = resource): Json => ({
  ...{ LogicalResourceId: resource, ResourceType: type, PhysicalResourceId: physical },
});

async function detect(account: MemoryAccount, ...stacks: readonly string[]) {
  const signal = new AbortController().signal;
  const places = stacks.map(stack => ({ region: REGION, stack }));
  const found = await detectDrifts(account.detection, places, { clock: new InstantClock(), signal });
  return { found, findings: findings(found) };
}

test('BP-44 a detection is waited for; what has no support is counted and named', async () => {
  const account = new MemoryAccount({});
  account.states = [{ status: 'running' }, { status: 'running' }, { status: 'complete' }];
  account.results.data = {
    StackResourceDrifts: [drift('Queue', 'MODIFIED'), drift('Same', 'IN_SYNC')],
    StackResourceSummaries: [
      summary('Queue', 'AWS::SQS::Queue'),
      summary('Same', 'AWS::SQS::Queue'),
      summary('Map', 'AWS::Lambda::EventSourceMapping'),
    ],
  };
  const { found, findings: told } = await detect(account, 'data');
  expect(told.map(({ class: kind, stack, resource }) => `${kind} ${stack} ${resource}`).sort()).toEqual([
    'change data Queue',
    'unchecked data Map',
  ]);
  expect(found[0]).toMatchObject({ checked: 2, stacks: [{ region: REGION, stack: 'data' }] });
});

test('a stack that may not be asked hides no other', async () => {
  const account = new MemoryAccount({ [`${REGION}/data`]: { fails: denied('starting drift detection') } });
  account.results.web = { StackResourceDrifts: [drift('Queue', 'DELETED')] };
  const { findings: told } = await detect(account, 'data', 'web');
  expect(said(told)).toEqual(['danger stateful-loss', 'unchecked unchecked']);
});

test('a detection that failed is said to have failed, and what it found is told', async () => {
  const account = new MemoryAccount({});
  account.states = [{ status: 'failed', reason: 'Failed to detect drift on resource [Queue]' }];
  account.results.data = { StackResourceDrifts: [drift('Other', 'MODIFIED')] };
  const { findings: told } = await detect(account, 'data');
  expect(said(told)).toEqual(['change change', 'unchecked unchecked']);
  expect(told.find(({ rule }) => rule === 'unchecked')?.why).toContain('Failed to detect drift on resource');
});

test('a detection without an end is given up', async () => {
  const account = new MemoryAccount({});
  account.states = [{ status: 'running' }];
  const { findings: told } = await detect(account, 'data');
  expect(told).toMatchObject([{ class: 'unchecked', why: 'the detection did not end in 1800 s' }]);
});

test('stacks within stacks are detected for themselves', async () => {
  const account = new MemoryAccount({});
  const NESTED = 'AWS::CloudFormation::Stack';
  account.results.data = {
    StackResourceDrifts: [drift('Inner', 'IN_SYNC', NESTED)],
    StackResourceSummaries: [summary('Inner', NESTED, 'arn-of-inner')],
  };
  account.results['arn-of-inner'] = { StackResourceDrifts: [drift('Queue', 'MODIFIED')] };
  const { findings: told } = await detect(account, 'data');
  expect(told).toMatchObject([{ class: 'change', stack: 'data/Inner', resource: 'Queue' }]);
  expect(account.asked).toContain(`detect ${REGION} arn-of-inner`);
});
