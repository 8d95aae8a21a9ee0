import { LAYERS } from '../../lib/naming';
import { example, type Templates, templatesOf } from '../stacks/example';

const [SEED, STANDBY] = ['us-east-2', 'us-west-2'] as const;
const topology = example();
const templates = templatesOf(topology);

/** What birth decides, layer by layer: where it stands in the template, and why it differs. */
const EXPLAINED: readonly (readonly [place: string, why: string])[] = [
  [
    'foundation/Resources/RegisterTable',
    'a global table has one owner, which writes the copies of all Regions',
  ],
  ['foundation/Resources/DataKey/Properties/KeyPolicy/Statement/2', 'the master secret is in the seed alone'],
  ['data/Resources/DatabaseBreakGlass', 'a secondary has no credentials of its own: the master secret'],
  ['data/Resources/DatabaseGlobalCluster', 'the global cluster is made once, by the seed'],
  ['data/Resources/DatabaseCluster/Properties/DatabaseName', 'a secondary gets its databases by replication'],
  ['data/Resources/DatabaseCluster/Properties/MasterUserPassword', 'a secondary takes no credentials'],
  ['data/Resources/DatabaseCluster/Properties/MasterUsername', 'a secondary takes no credentials'],
  ['data/Resources/DatabaseCluster/DependsOn/*', 'only the seed’s member waits for the global cluster'],
  [
    'operations/Resources/Overall/Properties/DashboardBody/Fn::Join/1/*',
    'the dashboard carries the Region’s name, and calls it its own',
  ],
  ...[0, 1, 2, 4, 5, 6, 7, 8, 9, 10].map(
    statement =>
      [
        `operations/Resources/OperatorRoleDefaultPolicy/Properties/PolicyDocument/Statement/${statement}/Resource/*/Fn::Join/1/2`,
        'both roles name the same resources of both Regions, sorted by the Region’s code',
      ] as const,
  ),
  ['dns/Resources/DnsOwnGate', 'the last record of the chain has no check'],
  ['dns/Resources/DnsNotGateOtherRegion', 'the last record of the chain has no check'],
  ['dns/Resources/DnsTurn', 'the last record of the chain has no check'],
  ['dns/Resources/DnsService/Properties/HealthCheckId', 'the last record of the chain has no check'],
  ['dns/Resources/DnsService/Properties/Failover', 'the seed’s record is the first of the chain'],
];

test.each(LAYERS)('law 6: %s is the same in both Regions but for what is explained', layer => {
  const found = new Set(differences(layer, templates).map(withoutHashes).map(anyIndex));
  const explained = EXPLAINED.map(([place]) => anyIndex(place));
  expect([...found].sort()).toEqual(explained.filter(place => place.startsWith(`${layer}/`)).sort());
});

test('law 6: replacing names hides no resource behind another', () => {
  for (const layer of LAYERS) {
    for (const region of [SEED, STANDBY]) {
      const text = templates[`${region}/${layer}`]?.text ?? '{}';
      const count = (document: string) => Object.keys(JSON.parse(document).Resources).length;
      expect(count(neutral(text, region))).toBe(count(text));
    }
  }
});

const withoutHashes = (place: string) => place.replaceAll(/[0-9A-F]{8}(?=\/|$)/g, '');
/** Places in a list that differ between the Regions by where they stand in it. */
const anyIndex = (place: string) => place.replaceAll(/\/\d+(?=$|\/Fn::Join)/g, '/*');

/** What differs between the Regions in one layer once facts of the topology are replaced by their names. */
function differences(layer: string, all: Templates): readonly string[] {
  const [seed, standby] = [SEED, STANDBY].map(region =>
    neutral(all[`${region}/${layer}`]?.text ?? '', region),
  );
  return compare(JSON.parse(seed ?? ''), JSON.parse(standby ?? ''), layer);
}

/** A template in which the Region's own facts are names: code, range, zones and the hashes made of them; the other's code too. */
function neutral(text: string, region: string): string {
  const own = topology.regions.find(each => each.name === region);
  const other = topology.regions.find(each => each.name !== region)?.name ?? '';
  const network = own?.cidr.replace(/\d+\.\d+\/\d+$/, '') ?? '';
  const letters = (name: string) => name.replaceAll('-', '');
  let rest = text;
  for (const [index, zone] of (own?.zones ?? []).entries()) {
    const inIds = letters(zone).replace(/^./, first => first.toUpperCase());
    rest = rest.replaceAll(zone, `zone-${index}`).replaceAll(inIds, `Zone${index}`);
  }
  return (
    rest
      .replaceAll(region, 'own-region')
      .replaceAll(letters(region), 'OwnRegion')
      .replaceAll(other, 'other-region')
      .replaceAll(letters(other), 'OtherRegion')
      .replaceAll(`"${network}`, '"10.0.')
      .replaceAll(/\b(\w*(?:Zone\d|OwnRegion|OtherRegion)\w*?)[0-9A-F]{8,20}\b/g, '$1')
      // The name of a function's permission carries a digest of the path of its API, in which the Region stands.
      .replaceAll(/\b(\w*OwnRegion\w*?)[0-9A-F]{8}GET\b/g, '$1')
      // The name of a deployment of an API carries a digest of the API, in which the function's Region stands.
      .replaceAll(/(ApiDeployment[0-9A-F]{8})[0-9a-f]{32}\b/g, '$1')
  );
}

function compare(left: unknown, right: unknown, at: string): readonly string[] {
  if (JSON.stringify(left) === JSON.stringify(right)) return [];
  if (!isObject(left) || !isObject(right)) return [`${at}`];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap(key =>
    compare(left[key], right[key], `${at}/${key}`),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
