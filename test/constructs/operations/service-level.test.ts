import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { eventIndicator, ServiceLevel, type ServiceLevelProps, valueIndicator } from '../../../constructs';
import { type AlarmTemplate, alarmMath } from '../../helpers/metric-math';

const metric = (metricName: string, statistic: string) =>
  new Metric({ namespace: 'Shop', metricName, statistic });
const events = eventIndicator({
  bad: [metric('Errors', 'Sum'), metric('Refused', 'Sum')],
  total: metric('Requests', 'Sum'),
});

function templateOf(props: Partial<ServiceLevelProps> = {}): Template {
  const stack = new Stack(new App(), 'Stack');
  new ServiceLevel(stack, 'Level', {
    application: 'shop',
    levelName: 'place-order',
    target: 0.999,
    indicator: events,
    pageAction: new SnsAction(new Topic(stack, 'Page')),
    ...props,
  });
  return Template.fromStack(stack);
}

const alarmsOf = (template: Template): readonly AlarmTemplate[] =>
  Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);

test('six windows, by the factors of the SRE workbook, and three alarms that want both of theirs', () => {
  const template = templateOf();
  const windows = alarmsOf(template).map(alarm => [
    alarm.AlarmName,
    alarmMath(alarm).minutes,
    Number(alarm.Threshold.toPrecision(6)),
  ]);
  expect(windows).toEqual([
    ['shop-slo-place-order-fast-long', 60, 0.0144],
    ['shop-slo-place-order-fast-short', 5, 0.0144],
    ['shop-slo-place-order-slow-long', 360, 0.006],
    ['shop-slo-place-order-slow-short', 30, 0.006],
    ['shop-slo-place-order-leak-long', 4320, 0.001],
    ['shop-slo-place-order-leak-short', 360, 0.001],
  ]);
  const composites = Object.values(template.findResources('AWS::CloudWatch::CompositeAlarm'));
  expect(composites).toHaveLength(3);
  for (const { Properties } of composites) {
    const rule = JSON.stringify(Properties.AlarmRule);
    expect(rule.match(/ALARM\(/g)).toHaveLength(2);
    expect(rule).toContain(' AND ');
  }
});

test('a window tells nobody by itself; pages page, and tickets go where they are told to', () => {
  const stack = new Stack(new App(), 'Stack');
  const [page, ticket] = [new Topic(stack, 'Page'), new Topic(stack, 'Ticket')];
  new ServiceLevel(stack, 'Level', {
    ...{ application: 'shop', levelName: 'place-order', target: 0.999, indicator: events },
    pageAction: new SnsAction(page),
    ticketAction: new SnsAction(ticket),
  });
  const template = Template.fromStack(stack);
  for (const alarm of alarmsOf(template)) expect(alarm).not.toHaveProperty('AlarmActions');
  const told = (name: string, topic: Topic) =>
    template.hasResourceProperties('AWS::CloudWatch::CompositeAlarm', {
      AlarmName: `shop-slo-place-order-${name}`,
      AlarmActions: [stack.resolve(topic.topicArn)],
    });
  told('fast', page);
  told('slow', page);
  told('leak', ticket);
});

test('errors that AWS does not tell are none; few bad events wake nobody; no requests are no data', () => {
  const [long, short] = alarmsOf(templateOf()).map(alarmMath);
  const read = (values: Record<string, number>) => (name: string) => values[name];
  expect(long?.value(read({ Requests: 100, Errors: 5 }))).toBe(0.05);
  expect(long?.value(read({ Requests: 100, Errors: 3, Refused: 2 }))).toBe(0.05);
  expect(long?.value(read({ Requests: 100, Errors: 4 }))).toBe(0);
  expect(short?.value(read({ Requests: 100, Errors: 4 }))).toBe(0.04);
  expect(short?.value(read({ Requests: 100 }))).toBe(0);
  expect(short?.value(read({}))).toBeUndefined();
  templateOf().allResourcesProperties('AWS::CloudWatch::Alarm', { TreatMissingData: 'notBreaching' });
});

test('values are judged one by one, by their percentile rank; what is always told is missed', () => {
  const indicator = valueIndicator({ metric: metric('Latency', 'p99'), limit: 0.3 });
  const template = templateOf({ indicator, noData: 'missing' });
  const asked: string[] = [];
  const value = alarmMath(alarmsOf(template)[0] as AlarmTemplate).value((_name, statistic) => {
    asked.push(statistic);
    return 97.5;
  });
  expect(asked).toEqual(['PR(:0.3)']);
  expect(value).toBeCloseTo(0.025);
  template.allResourcesProperties('AWS::CloudWatch::Alarm', { TreatMissingData: 'missing' });
});

test('the alarm says what burns, how fast and where to begin', () => {
  templateOf({ runbook: 'holdfast runbook show service-level' }).hasResourceProperties(
    'AWS::CloudWatch::CompositeAlarm',
    {
      AlarmDescription:
        'place-order burns its error budget of 0.1 % 14.4 times too fast for 0.999 to hold; holdfast runbook show service-level',
    },
  );
});

test('another window changes the factors, and none falls below 1', () => {
  const thresholds = alarmsOf(templateOf({ windowDays: 7 })).map(({ Threshold }) =>
    Number(Threshold.toPrecision(4)),
  );
  expect(thresholds).toEqual([0.00336, 0.00336, 0.0014, 0.0014, 0.001, 0.001]);
});

test('a metric of what burns, for dashboards', () => {
  const stack = new Stack(new App(), 'Stack');
  const level = new ServiceLevel(stack, 'Level', {
    application: 'shop',
    levelName: 'ab',
    target: 0.99,
    indicator: events,
  });
  expect(level.metricBadShare().toMetricConfig().mathExpression?.period).toBe(300);
  expect(Object.keys(level.alarms)).toEqual(['fast', 'slow', 'leak']);
});

test.each<[string, Partial<ServiceLevelProps>, string]>([
  ['a target that no alarm can keep', { target: 0.9 }, 'target'],
  ['a target of everything', { target: 1 }, 'target'],
  ['no number', { target: Number.NaN }, 'target'],
  ['a window too long for its alarms', { windowDays: 90 }, 'windowDays'],
  ['half an event', { minimumBadEvents: 0.5 }, 'minimumBadEvents'],
  ['a name with capitals', { levelName: 'PlaceOrder' }, 'levelName'],
])('refuses %s, and says what would do', (_what, props, path) => {
  expect(() => templateOf(props)).toThrow(
    expect.objectContaining({ problems: [expect.objectContaining({ path, fix: expect.any(String) })] }),
  );
});

test('a statistic that counts no events is refused', () => {
  expect(() =>
    eventIndicator({ bad: [metric('Errors', 'Average')], total: metric('Requests', 'Sum') }),
  ).toThrow(/bad\[0\].statistic.*Average/);
});
