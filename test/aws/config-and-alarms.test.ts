import { createHash } from 'node:crypto';
import { FakeEndpoint } from './fake-endpoint';

const WEST = 'us-west-2';
let endpoint: FakeEndpoint;
beforeEach(async () => {
  endpoint = new FakeEndpoint();
  await endpoint.start();
});
afterEach(() => endpoint.stop());

const json = (body: object) => () => ({ body, type: 'application/json' });

function appConfig(deployments: readonly object[]) {
  endpoint.replies = {
    'GET /applications': json({
      Items: [
        { Id: 'other', Name: 'billing' },
        { Id: 'app', Name: 'orders' },
      ],
    }),
    'GET /applications/app/environments': json({ Items: [{ Id: 'env', Name: 'live' }] }),
    'GET /applications/app/configurationprofiles': json({ Items: [{ Id: 'prof', Name: 'service' }] }),
    'GET /applications/app/environments/env/deployments': json({
      Items: deployments.map(each => ({ ConfigurationName: 'service', ...each })),
    }),
    'GET /applications/app/configurationprofiles/prof/hostedconfigurationversions/7': json({ rate: 3 }),
  };
}

describe('the configuration of a Region', () => {
  test('is the newest completed deployment, with the digest of its content; one of flags is another thing', async () => {
    appConfig([
      { DeploymentNumber: 4, ConfigurationVersion: '9', State: 'COMPLETE', ConfigurationName: 'flags' },
      { DeploymentNumber: 3, ConfigurationVersion: '8', State: 'ROLLED_BACK' },
      { DeploymentNumber: 2, ConfigurationVersion: '7', State: 'COMPLETE' },
      { DeploymentNumber: 1, ConfigurationVersion: '6', State: 'COMPLETE' },
    ]);
    expect(await endpoint.cloud().configState(WEST)).toEqual({
      version: '7',
      digest: createHash('sha256')
        .update(JSON.stringify({ rate: 3 }))
        .digest('hex'),
      deploying: false,
    });
  });

  test.each(['DEPLOYING', 'BAKING', 'ROLLING_BACK'])(
    'a deployment in %s is a rollout under way',
    async State => {
      appConfig([
        { DeploymentNumber: 3, ConfigurationVersion: '8', State },
        { DeploymentNumber: 2, ConfigurationVersion: '7', State: 'COMPLETE' },
      ]);
      expect(await endpoint.cloud().configState(WEST)).toMatchObject({ version: '7', deploying: true });
    },
  );

  test('that was never deployed is nothing', async () => {
    appConfig([]);
    expect(await endpoint.cloud().configState(WEST)).toBeUndefined();
  });
});

test('alarms are those of the application, all pages, metric and composite', async () => {
  endpoint.replies = {
    DescribeAlarms: sent =>
      sent.json.NextToken === undefined
        ? { body: { MetricAlarms: [{ AlarmName: 'orders-lag', StateValue: 'OK' }], NextToken: 'more' } }
        : {
            body: {
              MetricAlarms: [{ AlarmName: 'orders-cache', StateValue: 'INSUFFICIENT_DATA' }],
              CompositeAlarms: [{ AlarmName: 'orders-all', StateValue: 'ALARM' }],
            },
          },
  };
  expect(await endpoint.cloud().alarms(WEST)).toEqual([
    { name: 'orders-lag', state: 'ok' },
    { name: 'orders-cache', state: 'unknown' },
    { name: 'orders-all', state: 'alarm' },
  ]);
  expect(endpoint.sent[0]?.json).toMatchObject({ AlarmNamePrefix: 'orders-' });
});

test('an alarm that only scales a group is no sign of trouble, one that also tells somebody is', async () => {
  const policy =
    'arn:aws:autoscaling:us-west-2:000000000000:scalingPolicy:id:autoScalingGroupName/orders-worker';
  const topic = 'arn:aws:sns:us-west-2:000000000000:alarms';
  const alarm = (AlarmName: string, actions: object) => ({ AlarmName, StateValue: 'ALARM', ...actions });
  endpoint.replies = {
    DescribeAlarms: () => ({
      body: {
        MetricAlarms: [
          // A queue that is empty keeps this one in alarm for as long as a standby is quiet.
          alarm('orders-service-WorkIdle', { AlarmActions: [policy] }),
          alarm('orders-busy', { AlarmActions: [policy, topic] }),
          alarm('orders-recovered', { AlarmActions: [policy], OKActions: [topic] }),
          alarm('orders-silent', { AlarmActions: [] }),
        ],
      },
    }),
  };
  const read = await endpoint.cloud().alarms(WEST);
  expect(read.map(({ name }) => name)).toEqual(['orders-busy', 'orders-recovered', 'orders-silent']);
});
