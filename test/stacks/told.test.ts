// What the stacks watch is what the processes tell, and what the stacks say is what the processes read.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseFeatureFlags } from '../../lib/runtime/config/feature-flags';
import { ORDER_COLUMNS } from '../../lib/service/changes/analytics-orders';
import { metricsOf } from '../../lib/service/changes/change-watch';
import { FAN_OUT_DEFAULT, FAN_OUT_FLAG } from '../../lib/service/orders/order-batch';
import { eventMetrics } from '../../lib/service/saga/saga-health';
import { SERVICE_FLAGS } from '../../stacks/service-configuration';
import { TOLD } from '../../stacks/service-metrics';
import { ROOT } from '../helpers/sources';
import { templatesOf } from './example';

const templates = templatesOf();
const REGIONS = ['us-east-2', 'us-west-2'];
const LAG = { changesBehind: 0, secondsBehind: 0 } as const;

/** Names that the service gives to `leaderMetrics`, from its sources where no function of its own makes them. */
function told(): readonly string[] {
  const health = { running: 0, stuck: 0, oldestSeconds: 0 } as Parameters<typeof eventMetrics>[0]['sagas'];
  const inText = ['leader/leader-duties.ts', 'clone/http-clone.ts'].flatMap(file => {
    const text = readFileSync(path.join(ROOT, 'lib/service', file), 'utf8');
    return [...text.matchAll(/\b([A-Z][A-Za-z]+): \[[^\]]+, '(?:Count|Seconds|Milliseconds)'\]/g)].map(
      ([, name]) => name ?? '',
    );
  });
  return [
    ...Object.keys(eventMetrics({ sagas: health, projections: [] })),
    ...Object.keys(metricsOf({ invalidator: LAG as never, deliveries: { analytics: LAG as never } })),
    ...inText,
  ];
}

test('every metric that is watched is one that processes tell', () => {
  const names = told();
  expect(Object.keys(TOLD).filter(name => !names.includes(name))).toEqual([]);
});

test.each(REGIONS)(
  '%s has an alarm and a place on the dashboard for each of them, by its own dimensions',
  region => {
    const resources = Object.values(templates[`${region}/operations`]?.Resources ?? {});
    const alarms = resources
      .filter(
        ({ Type, Properties }) => Type === 'AWS::CloudWatch::Alarm' && Properties.Namespace === 'Holdfast',
      )
      .map(({ Properties }) => Properties);
    expect(alarms.map(({ MetricName }) => MetricName).sort()).toEqual(Object.keys(TOLD).sort());
    for (const alarm of alarms) {
      expect(alarm).toMatchObject({
        Dimensions: [
          { Name: 'Application', Value: 'orders' },
          { Name: 'Region', Value: region },
        ],
        ComparisonOperator: 'GreaterThanThreshold',
        AlarmActions: [expect.anything()],
        // Where a person who is woken begins.
        AlarmDescription: expect.stringMatching(/Begin with|payment provider.*Begin with/s),
      });
      expect(String(alarm.AlarmDescription)).toMatch(/docs\/[a-z]+\.md/);
    }
    const dashboard = JSON.stringify(resources.find(({ Type }) => Type === 'AWS::CloudWatch::Dashboard'));
    expect(Object.keys(TOLD).filter(name => !dashboard.includes(name))).toEqual([]);
  },
);

test('what the active Region alone tells is no unknown in a standby; what clones tell is, when it is missing', () => {
  const alarms = Object.values(templates['us-west-2/operations']?.Resources ?? {}).filter(
    ({ Properties }) => Properties?.Namespace === 'Holdfast',
  );
  const missing = Object.fromEntries(
    alarms.map(({ Properties }) => [Properties.MetricName, Properties.TreatMissingData]),
  );
  expect(missing).toMatchObject({
    StuckSagas: 'notBreaching',
    StalledOrders: 'notBreaching',
    CacheInvalidatorLag: 'missing',
    ShedRequests: 'missing',
  });
});

test('every guide that an alarm names is there', () => {
  const text = templates['us-east-2/operations']?.text ?? '';
  for (const [, file] of text.matchAll(/docs\/([a-z]+\.md)/g))
    expect(() => readFileSync(path.join(ROOT, 'docs', file ?? ''))).not.toThrow();
});

test('flags are born as the code takes them without a profile', () => {
  const { values } = SERVICE_FLAGS as { readonly values: object };
  const flags = parseFeatureFlags(JSON.stringify(values));
  expect(Object.keys(values)).toEqual([FAN_OUT_FLAG]);
  expect(flags.isOn(FAN_OUT_FLAG, false)).toBe(true);
  expect(flags.attribute(FAN_OUT_FLAG, 'atOnce', 0)).toBe(FAN_OUT_DEFAULT);
});

describe.each(REGIONS)('%s', region => {
  const userDataOf = (group: string) =>
    Object.entries(templates[`${region}/service`]?.Resources ?? {})
      .filter(([id, { Type }]) => Type === 'AWS::EC2::LaunchTemplate' && id.startsWith(group))
      .map(([, { Properties }]) => JSON.stringify(Properties))
      .join();

  test('lets workers alone write reports, into its own bucket, under the columns of the service', () => {
    expect(userDataOf('Workers')).toMatch(/HOLDFAST_ANALYTICS_STORE=s3:\/\/.*ReportsBucket/);
    expect(userDataOf('Blue')).not.toContain('HOLDFAST_ANALYTICS_STORE');
    const table = Object.values(templates[`${region}/data`]?.Resources ?? {}).find(
      ({ Type }) => Type === 'AWS::Glue::Table',
    );
    for (const name of Object.keys(ORDER_COLUMNS))
      expect(JSON.stringify(table)).toContain(`"Name":"${name}"`);
  });

  test('names its flags to clones and workers, and lets both read them', () => {
    for (const group of ['Blue', 'Green', 'Workers'])
      expect(userDataOf(group)).toContain('HOLDFAST_FLAGS=orders/live/flags');
    const policies = Object.values(templates[`${region}/service`]?.Resources ?? {}).filter(
      ({ Type, Properties }) =>
        Type === 'AWS::IAM::Policy' && JSON.stringify(Properties).includes('GetLatestConfiguration'),
    );
    expect(policies).toHaveLength(3);
    for (const { Properties } of policies)
      expect(JSON.stringify(Properties).match(/\/configuration\//g)?.length).toBe(2);
  });
});
