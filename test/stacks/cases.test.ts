// Faults that people met in public, each held against the whole blueprint.
import { normalName } from '../../lib/lab/dns/types';
import { optInRegions } from '../../regions';
import { topologyWarnings } from '../../regions/warnings';
import { example, type Template as Synthesized, templatesOf } from './example';

const THREE = example({
  regions: [
    { name: 'us-east-2', seed: true, zones: ['use2-az1', 'use2-az2', 'use2-az3'], cidr: '10.10.0.0/16' },
    { name: 'us-west-2', zones: ['usw2-az1', 'usw2-az2', 'usw2-az3'], cidr: '10.20.0.0/16' },
    { name: 'us-east-1', zones: ['use1-az1', 'use1-az2', 'use1-az4'], cidr: '10.30.0.0/16' },
  ],
  register: { kind: 'strong' },
});
const three = templatesOf(THREE);
const resources = (template: Synthesized) => Object.entries(template.Resources);
const outputsOf = (template: Synthesized): Record<string, { Export?: object }> =>
  JSON.parse(template.text).Outputs ?? {};

describe('one Region produces, three consume', () => {
  test('BP-08: nothing writes an export into another Region: no such custom resource, no such role', () => {
    for (const [name, template] of Object.entries(three)) {
      const writers = resources(template).filter(([, { Type }]) => /^Custom::|CustomResource/.test(Type));
      expect([name, writers.map(([id]) => id)]).toEqual([name, []]);
      expect(template.text).not.toMatch(/CrossRegionExport|cdk\/exports/);
    }
  });

  test('BP-09: what one Region uses of another is a name: no stack imports what a stack of another Region exports', () => {
    const exportsOf = (region: string) =>
      Object.entries(three)
        .filter(([name]) => name.startsWith(`${region}/`))
        .flatMap(([, template]) =>
          Object.values(outputsOf(template)).flatMap(({ Export }) =>
            Export ? [JSON.stringify(Export)] : [],
          ),
        );
    for (const { name: region } of THREE.regions) {
      const own = new Set(exportsOf(region));
      const imports = Object.entries(three)
        .filter(([name]) => name.startsWith(`${region}/`))
        .flatMap(([, { text }]) =>
          [...text.matchAll(/"Fn::ImportValue":\s*"([^"]+)"/g)].map(([, value]) => `{"Name":"${value}"}`),
        );
      expect(imports.filter(value => !own.has(value))).toEqual([]);
    }
  });

  test('BP-09: a Region that is taken away changes no byte of the others but where they name it on purpose', () => {
    const pair = templatesOf(
      example({ regions: THREE.regions.slice(0, 2), register: { kind: 'strong', witness: 'us-east-1' } }),
    );
    for (const layer of ['network', 'service', 'operations']) {
      expect(pair[`us-west-2/${layer}`]?.text.includes('us-east-1')).toBe(false);
    }
  });
});

test('BP-10: every function of the blueprint runs on a Node whose SDK asks the Region’s own STS', () => {
  const functions = Object.entries(three).flatMap(([name, template]) =>
    resources(template)
      .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
      .map(([id, { Properties }]) => [`${name}/${id}`, String(Properties.Runtime)] as const),
  );
  expect(functions.length).toBeGreaterThan(2);
  // Node 18 and later come with version 3 of the SDK, which has no global endpoint of STS by default.
  expect(functions.filter(([, runtime]) => !/^nodejs(1[89]|[2-9]\d)\.x$/.test(runtime))).toEqual([]);
});

test('BP-10: Regions that an account must opt in to are named before anything is deployed', () => {
  const asia = example({
    regions: [
      { name: 'ap-east-1', seed: true, zones: ['ape1-az1', 'ape1-az2', 'ape1-az3'], cidr: '10.10.0.0/16' },
      { name: 'ap-northeast-1', zones: ['apne1-az1', 'apne1-az2', 'apne1-az4'], cidr: '10.20.0.0/16' },
    ],
    register: { kind: 'eventual' },
  });
  expect(optInRegions(asia)).toEqual(['ap-east-1']);
  expect(JSON.stringify(topologyWarnings(asia))).toMatch(/ap-east-1/);
});

test('BP-33: a record keeps its logical id when Regions are added or told in another order', () => {
  const idsOf = (templates: ReturnType<typeof templatesOf>) =>
    Object.fromEntries(
      Object.entries(templates)
        .filter(([name]) => /us-(east|west)-2\/dns/.test(name))
        .flatMap(([, template]) => resources(template))
        .filter(([, { Type }]) => Type === 'AWS::Route53::RecordSet')
        .map(([id, { Properties }]) => [`${Properties.Name} ${Properties.SetIdentifier ?? ''}`, id]),
    );
  const [seed, standby] = example().regions;
  const before = idsOf(templatesOf());
  const after = idsOf(templatesOf(example({ regions: [standby, seed] })));
  expect(Object.keys(before).length).toBeGreaterThan(4);
  expect(after).toEqual(before);
});

test.each([
  ['\\052.example.com.', '*.example.com'],
  ['Orders.Example.COM', 'orders.example.com'],
  ['dualstack.LB-1.elb.amazonaws.com.', 'dualstack.lb-1.elb.amazonaws.com'],
])('BP-34: the name %s that Route 53 echoes is %s', (echoed, name) => {
  expect(normalName(echoed)).toBe(name);
});

test('BP-34: names of the blueprint are written as Route 53 keeps them: lower case, no final dot', () => {
  const names = Object.values(three)
    .flatMap(resources)
    .filter(([, { Type }]) => Type === 'AWS::Route53::RecordSet')
    .map(([, { Properties }]) => String(Properties.Name));
  expect(names.length).toBeGreaterThan(8);
  expect(names.filter(name => name !== normalName(name))).toEqual([]);
});
