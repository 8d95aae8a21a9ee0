import { RUNBOOK_IDS, runbook } from '../../lib/runbook';
import { loadTopology } from '../../regions';
import { wrongWith } from '../helpers/command-check';
import { example, templatesOf } from './example';

const templates = templatesOf();
const topology = loadTopology(example());
const dashboards = topology.regions.flatMap(({ name }) =>
  Object.values(templates[`${name}/operations`]?.Resources ?? {})
    .filter(({ Type }) => Type === 'AWS::CloudWatch::Dashboard')
    .map(({ Properties }) => ({
      region: name,
      name: String(Properties.DashboardName),
      body: textOf(Properties.DashboardBody),
    })),
);

/** The body as one text, what is known at deploy only as a word. */
function textOf(body: unknown): string {
  const { 'Fn::Join': join } = body as { 'Fn::Join': [string, unknown[]] };
  return join[1].map(part => (typeof part === 'string' ? part : 'X')).join('');
}
interface Widget {
  readonly properties: {
    readonly metrics?: readonly unknown[];
    readonly alarms?: readonly string[];
    readonly markdown?: string;
    readonly title?: string;
  };
}
const widgetsOf = (body: string): readonly Widget[] => (JSON.parse(body) as { widgets: Widget[] }).widgets;

test('every Region has a dashboard of its own, and one over all', () => {
  expect(dashboards.map(({ name }) => name).sort()).toEqual([
    'orders-all-from-us-east-2',
    'orders-all-from-us-west-2',
    'orders-us-east-2',
    'orders-us-west-2',
  ]);
});

test('the one over all shows every Region in every graph, whichever Region holds it', () => {
  for (const { name, body } of dashboards.filter(each => each.name.includes('-all-')))
    for (const { properties } of widgetsOf(body).filter(each => each.properties.metrics !== undefined)) {
      const text = JSON.stringify(properties);
      for (const region of ['us-east-2', 'us-west-2'])
        expect([name, properties.title, text.includes(region)]).toEqual([name, properties.title, true]);
    }
});

test('alarms that are shown are those of the promises, in each Region', () => {
  const alarms = dashboards.flatMap(({ body }) =>
    widgetsOf(body).flatMap(({ properties }) => properties.alarms ?? []),
  );
  expect(alarms).toHaveLength(2 * 2 * 5 * 3);
  const declared = Object.values(templates['us-east-2/operations']?.Resources ?? {}).map(
    ({ Properties }) => Properties?.AlarmName,
  );
  for (const arn of alarms) expect(declared).toContain(arn.split(':alarm:')[1]);
});

test('limits of CloudWatch hold at five Regions and beyond: widgets, and metrics of a graph and of a dashboard', () => {
  for (const { body } of dashboards) {
    const widgets = widgetsOf(body);
    const counts = widgets.map(({ properties }) => properties.metrics?.length ?? 0);
    // Eight times as many Regions are eight times as many lines: 16 of them.
    expect(widgets.length * 8).toBeLessThanOrEqual(500);
    expect(Math.max(...counts) * 8).toBeLessThanOrEqual(500);
    expect(counts.reduce((sum, count) => sum + count, 0) * 8).toBeLessThanOrEqual(2_500);
    expect(Math.max(...widgets.map(({ properties }) => properties.alarms?.length ?? 0))).toBeLessThanOrEqual(
      100,
    );
  }
});

test('commands on dashboards can be typed, and runbooks that they name are there', () => {
  const commands = dashboards.flatMap(({ body }) =>
    widgetsOf(body).flatMap(({ properties }) =>
      [...(properties.markdown ?? '').matchAll(/`(npx holdfast [^`]+)`/g)].map(
        ([, command]) => command ?? '',
      ),
    ),
  );
  expect(commands.length).toBeGreaterThan(4);
  for (const command of commands) expect([command, wrongWith(command)]).toEqual([command, undefined]);
  for (const command of commands)
    for (const [, id] of command.matchAll(/runbook show ([a-z-]+)/g))
      if (!id?.startsWith('-')) expect(RUNBOOK_IDS).toContain(id);
  expect(runbook(topology, 'evacuate', 'us-east-2').steps.length).toBeGreaterThan(3);
});
