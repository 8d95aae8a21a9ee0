// What the example of automatic mode promises beyond its synthesis: a probe that runs, and signals that are apart.
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { build } from '../../examples/automatic-mode';

const stacks = build(new App({ analyticsReporting: false }));
const propertiesOf = (stack: Stack, type: string) =>
  Object.values(Template.fromStack(stack).findResources(type)).map(({ Properties }) => Properties);

test.each([
  ['an answer', async () => ({ ok: true }), 1],
  ['a refusal', async () => ({ ok: false }), 0],
  ['silence', async () => Promise.reject(new Error('timed out')), 0],
])('the probe tells of %s', async (_, fetch, answered) => {
  const [probe] = propertiesOf(stacks[0] as Stack, 'AWS::Lambda::Function').filter(({ Code }) =>
    String(Code.ZipFile).includes('Orders/Probe'),
  );
  const lines: string[] = [];
  const module: { exports: { handler?: () => Promise<void> } } = { exports: {} };
  const env = probe?.Environment.Variables;
  new Function('exports', 'fetch', 'process', 'console', String(probe?.Code.ZipFile))(
    module.exports,
    fetch,
    { env },
    { log: (line: string) => lines.push(line) },
  );
  await module.exports.handler?.();
  expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({
    _aws: { CloudWatchMetrics: [{ Namespace: 'Orders/Probe', Dimensions: [['Region']] }] },
    Region: 'us-west-2',
    Answered: answered,
  });
});

test('each Region looks at the other by two alarms of its own, on different metrics', () => {
  for (const [at, stack] of stacks.entries()) {
    const other = stacks[1 - at]?.region;
    const [requester] = propertiesOf(stack, 'AWS::Lambda::Function').filter(
      ({ Environment }) => Environment.Variables.HOLDFAST_DAMPING_SECONDS !== undefined,
    );
    expect(requester?.Environment.Variables).toMatchObject({
      HOLDFAST_WATCHED_REGION: other,
      HOLDFAST_DAMPING_SECONDS: '300',
    });
    const alarms = propertiesOf(stack, 'AWS::CloudWatch::Alarm').filter(({ Dimensions }) =>
      JSON.stringify(Dimensions).includes(`"Region","Value":"${other}"`),
    );
    expect(alarms.map(({ Namespace, TreatMissingData }) => [Namespace, TreatMissingData]).sort()).toEqual([
      ['Holdfast/Beacon', 'breaching'],
      ['Orders/Probe', 'missing'],
    ]);
  }
});
