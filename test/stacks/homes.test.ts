// Laws 1, 3 and 6 for an application with homes: a small sample, since the stacks are those of one without.
import { homeOf, homesOf, hostOf, loadTopology } from '../../regions';
import ordersHomes from '../../regions/examples/orders-homes';
import { type Template, templatesOf, typesOf } from './example';

const topology = loadTopology(ordersHomes);
const templates = templatesOf(topology);
const stack = (region: string, name: string): Template => {
  const found = templates[`${region}/${name}`];
  if (found === undefined) throw new Error(`no ${region}/${name}`);
  return found;
};

test('law 1: the seed of a home decides where its first writer is created, and no template says who is active', () => {
  const withGlobalCluster = Object.entries(templates).flatMap(([name, template]) =>
    'AWS::RDS::GlobalCluster' in typesOf(template) ? [name] : [],
  );
  expect(withGlobalCluster).toEqual(['us-east-2/data-east', 'us-west-2/data-west']);
  for (const { text } of Object.values(templates)) {
    expect(text).not.toMatch(/HOLDFAST_(ACTIVE|ROLE|EPOCH|PRIMARY)|"(active|standby|primaryRegion)"/i);
  }
});

test('law 3: a Region synthesizes alone to the same bytes', () => {
  const alone = templatesOf(topology, 'us-west-2');
  expect(Object.keys(alone)).toHaveLength(8);
  for (const [name, template] of Object.entries(alone)) expect(template).toEqual(templates[name]);
});

test('law 6: what one Region is to east, the other is to west', () => {
  const swapped = { 'data-east': 'data-west', 'data-west': 'data-east' } as const;
  for (const [mine, other] of Object.entries(swapped)) {
    expect(typesOf(stack('us-east-2', mine))).toEqual(typesOf(stack('us-west-2', other)));
  }
  for (const name of ['network', 'data', 'service', 'operations', 'dns']) {
    expect(typesOf(stack('us-east-2', name))).toEqual(typesOf(stack('us-west-2', name)));
  }
});

test('each home has a gate, a name, a queue and a database of its own, and its clones are told all of them', () => {
  for (const view of homesOf(topology)) {
    const { home = '' } = view;
    expect(stack('us-east-2', 'foundation').text).toContain(`"HOLDFAST_REGISTER_KEY": "register/${home}"`);
    expect(stack('us-east-2', 'dns').text).toContain(`"gate-us-east-2.${hostOf(view)}`);
    const service = stack('us-east-2', 'service').text;
    expect(service).toContain(`orders-${home}-work`);
    const variables = [
      'DATABASE_HOST',
      'DATABASE_READER_HOST',
      'DATABASE_PORT',
      'QUEUE_URL',
      'ANALYTICS_STORE',
    ];
    for (const name of variables) expect(service).toContain(`HOLDFAST_HOME_${home.toUpperCase()}_${name}=`);
    expect(service).toContain(`HOLDFAST_HOME_${home.toUpperCase()}_REGISTER_KEY=register/${home}`);
  }
  expect(homeOf(topology, 'east').regions.map(({ seed }) => seed)).toEqual([true, false]);
});

test('who moves a home writes its records, its lock and its database, and nothing that all share', () => {
  const { text } = stack('us-east-2', 'operations');
  for (const key of ['register/east', 'drill-lock/west', 'drill-journal/east'])
    expect(text).toContain(`"${key}"`);
  expect(text).not.toContain('"drill-lock"');
  for (const name of ['orders-east-global', 'orders-west-global']) expect(text).toContain(name);
});

test('workers follow all queues together: no home’s idle queue takes the worker of another', () => {
  const policies = Object.values(stack('us-east-2', 'service').Resources).filter(
    ({ Type, Properties }) =>
      Type === 'AWS::AutoScaling::ScalingPolicy' && Properties.PolicyType === 'StepScaling',
  );
  expect(policies).toHaveLength(1);
  expect(stack('us-east-2', 'service').text).toContain('waiting + working + waiting1 + working1');
});
