// Every home active in every Region that may hold it, in all combinations, for 2 to 5 Regions.
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type RoutingZone, routingAnswer } from '../../../constructs/traffic/routing-answer';
import { HomesDns } from '../../../constructs/traffic/routing-homes';
import { type RoutingTemplate, routingZoneOf } from '../../../constructs/traffic/routing-template';
import { gateHost, homeHost } from '../../../lib/naming';

const REGIONS = ['us-east-2', 'us-west-2', 'ca-central-1', 'eu-west-1', 'ap-northeast-1'];
const HOST = 'orders.example.com';

/** Home n is born in Region n; its chain goes on from there and round. */
interface HomeOf {
  readonly name: string;
  readonly chain: readonly string[];
}

const homesOf = (regions: readonly string[]): readonly HomeOf[] =>
  regions.map((_, at) => ({ name: `h${at}`, chain: [...regions.slice(at), ...regions.slice(0, at)] }));

/** The Regions' own templates, synthesized apart as they are deployed apart, read as one zone. */
function zoneOf(regions: readonly string[], homes: readonly HomeOf[]): RoutingZone {
  const templates = regions.map((region): [string, RoutingTemplate] => {
    const stack = new Stack(new App(), 'Homes', { env: { account: '000000000000', region } });
    new HomesDns(stack, 'Homes', {
      region,
      host: HOST,
      hostedZoneId: 'Z0000000000ORDERS000',
      service: { dnsName: `balancer.${region}.test`, hostedZoneId: 'ZBALANCER' },
      homes: homes.map(home => ({ ...home, gate: { dnsName: 'gate.test', hostedZoneId: 'ZGATE' } })),
    });
    return [region, Template.fromStack(stack).toJSON() as RoutingTemplate];
  });
  return routingZoneOf(Object.fromEntries(templates));
}

/** Every way to give each of `places` one of `values`. */
function* assignments(values: readonly string[], places: number): Generator<readonly string[]> {
  if (places === 0) return yield [];
  for (const rest of assignments(values, places - 1)) for (const value of values) yield [...rest, value];
}

describe.each([2, 3, 4, 5])('homes in %i Regions', size => {
  const regions = REGIONS.slice(0, size);
  const homes = homesOf(regions);
  const zone = zoneOf(regions, homes);
  const balancer = (region: string | undefined) => `balancer.${region}.test`;

  /** What clients of each home reach; `open` names the gates that answer, by host. */
  const answers = (open: ReadonlySet<string>) =>
    homes.map(({ name }) =>
      routingAnswer(zone, homeHost(name, HOST), { endpointAnswers: host => open.has(host) }),
    );
  const gateOf = (home: string, region: string) => gateHost(region, homeHost(home, HOST));
  const gatesOf = (active: readonly string[]) =>
    new Set(homes.map(({ name }, at) => gateOf(name, active[at] ?? '')));

  test('each is answered where its own record of the register says, whatever the others do', () => {
    let combinations = 0;
    const wrong: unknown[] = [];
    for (const active of assignments(regions, homes.length)) {
      combinations += 1;
      const answered = answers(gatesOf(active));
      if (answered.some((target, at) => target !== balancer(active[at]))) wrong.push({ active, answered });
    }
    expect(wrong).toEqual([]);
    expect(combinations).toBe(size ** size);
  });

  test('one whose gate is dead falls to the last of its own chain, and moves no other', () => {
    const wrong: unknown[] = [];
    for (const active of assignments(regions, homes.length)) {
      const dead = active.length - 1;
      const open = gatesOf(active);
      open.delete(gateOf(homes[dead]?.name ?? '', active[dead] ?? ''));
      const expected = active.map((region, at) => balancer(at === dead ? homes[at]?.chain.at(-1) : region));
      if (answers(open).some((target, at) => target !== expected[at])) wrong.push({ active });
    }
    expect(wrong).toEqual([]);
  });

  test('with no gate at all each is answered by the last of its chain: all of them by different Regions', () => {
    const answered = answers(new Set());
    expect(answered).toEqual(homes.map(({ chain }) => balancer(chain.at(-1))));
    expect(new Set(answered).size).toBe(size);
  });
});
