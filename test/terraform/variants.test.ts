import type { RegionSpec } from '../../regions';
import orders from '../../regions/examples/orders';
import { misfits } from '../helpers/terraform/check';
import { example } from '../stacks/example';
import { type Configuration, synthesize } from './world';

const region = (name: string, prefix: string, network: number): RegionSpec => ({
  name,
  zones: [1, 2, 4].map(zone => `${prefix}-az${zone}`),
  cidr: `10.${network}.0.0/16`,
});
const FOUR = [...orders.regions, region('us-east-1', 'use1', 130), region('ca-central-1', 'cac1', 140)];

/** What of a configuration the provider's bindings do not know. */
const wrongIn = ({ resource, data }: Configuration): readonly string[] =>
  (['resource', 'data'] as const).flatMap(kind =>
    Object.entries(kind === 'resource' ? resource : data).flatMap(([type, named]) =>
      Object.entries(named).flatMap(([name, body]) => misfits(kind, type, name, body)),
    ),
  );

const { database } = orders;

test('a chain of Regions with everything that a topology may choose has its counterpart, known to the bindings', () => {
  const world = synthesize(
    example({
      regions: FOUR,
      register: { kind: 'eventual' },
      database: { ...database, rpoBasis: 'bounded' },
      gate: { allowedCidrs: ['192.0.2.0/24'] },
      tags: { team: 'shop' },
    }),
  );
  try {
    expect(Object.keys(world.configurations)).toHaveLength(4);
    for (const [name, configuration] of Object.entries(world.configurations)) {
      expect([name, wrongIn(configuration)]).toEqual([name, []]);
    }
  } finally {
    world.remove();
  }
});
