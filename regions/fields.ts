/**
 * Every field of a topology, with what it must be and an example: one table, from which problems take their words
 * and against which the schema and `docs/topology.md` are tested.
 */

/** What a field must be. */
export interface Field {
  /** Completes "must be ...". */
  readonly what: string;
  /** A value that is right, as it would be written. */
  readonly example: string;
}

const field = (what: string, example: string): Field => ({ what, example });
const seconds = (least: number, most: number, example: number): Field =>
  field(`whole seconds from ${least} to ${most}`, String(example));

/** Fields by path; `[]` stands for any index. */
export const FIELDS: Readonly<Record<string, Field>> = {
  '': field('an object', "defineTopology({ version: 1, application: 'orders', ... })"),
  version: field('1', '1'),
  application: field(
    'lower case letters, digits and single hyphens, 3 to 20 characters, beginning with a letter',
    "'orders'",
  ),
  mode: field("'active-passive' or 'active-active'", "'active-passive'"),
  homes: field('a list', "[{ name: 'east', seed: 'us-east-2' }, { name: 'west', seed: 'us-west-2' }]"),
  'homes[]': field('an object', "{ name: 'east', seed: 'us-east-2' }"),
  'homes[].name': field('lower case letters and digits, 2 to 12, beginning with a letter', "'east'"),
  'homes[].seed': field('a Region code', "'us-east-2'"),
  'homes[].jurisdiction': field('a jurisdiction, as text', "'eu'"),
  account: field('an AWS account of 12 digits, as text', "'123456789012'"),
  dns: field(
    'an object',
    "{ hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com', recordName: 'orders' }",
  ),
  'dns.hostedZoneId': field(
    'a hosted zone id: Z and up to 31 capital letters and digits',
    "'Z0123456789ABCDEFGHIJ'",
  ),
  'dns.zoneName': field(
    'a DNS name in lower case, of two labels or more, without a final dot',
    "'example.com'",
  ),
  'dns.recordName': field('one DNS label in lower case', "'orders'"),
  regions: field('a list', "[{ name: 'us-east-2', seed: true, zones: [...], cidr: '10.10.0.0/16' }, ...]"),
  'regions[]': field('an object', "{ name: 'us-west-2', zones: [...], cidr: '10.20.0.0/16' }"),
  'regions[].name': field('a Region code', "'us-east-2'"),
  'regions[].seed': field('true or false', 'true'),
  'regions[].zones': field('a list of zone ids', "['use2-az1', 'use2-az2', 'use2-az3']"),
  'regions[].zones[]': field('a zone id', "'use2-az1'"),
  'regions[].cidr': field('an IPv4 range from /16 to /22', "'10.10.0.0/16'"),
  'regions[].capacityShare': field('a number above 0 and up to 1, in hundredths', '0.5'),
  zonesPerRegion: field('a whole number from 2 to 6', '3'),
  register: field('an object', "{ kind: 'strong', witness: 'us-east-1' }"),
  'register.kind': field("'strong' or 'eventual'", "'strong'"),
  'register.witness': field('a Region code', "'us-east-1'"),
  objectives: field('an object', '{ rtoSeconds: 900, rpoSeconds: 30 }'),
  'objectives.rtoSeconds': seconds(1, 604_800, 900),
  'objectives.rpoSeconds': seconds(1, 604_800, 30),
  recovery: field('an object', '{ leaseSeconds: 10 }'),
  'recovery.leaseSeconds': seconds(3, 60, 10),
  'recovery.leaseMarginSeconds': seconds(1, 60, 2),
  'recovery.checkIntervalSeconds': field('10 or 30, since Route 53 offers no other interval', '10'),
  'recovery.checkFailures': field('a whole number from 1 to 10', '2'),
  'recovery.clientDnsCacheSeconds': seconds(0, 86_400, 10),
  'recovery.detectionSeconds': seconds(0, 86_400, 120),
  'recovery.decisionSeconds': seconds(0, 86_400, 180),
  'recovery.switchoverPromotionSeconds': seconds(1, 86_400, 120),
  'recovery.failoverPromotionSeconds': seconds(1, 86_400, 180),
  'recovery.cloneBootSeconds': seconds(1, 7_200, 240),
  'recovery.warmUpSeconds': seconds(0, 3_600, 10),
  'recovery.reconnectSeconds': seconds(1, 3_600, 20),
  capacity: field('an object', '{ peakRequestsPerSecond: 200, requestsPerClone: 100, maximumClones: 12 }'),
  'capacity.instanceType': field('an EC2 instance type', "'m7i.large'"),
  'capacity.peakRequestsPerSecond': field('a whole number from 1 to 10000000', '200'),
  'capacity.requestsPerClone': field('a whole number from 1 to 1000000', '100'),
  'capacity.maximumClones': field('a whole number from 2 to 5000', '12'),
  'capacity.minimumWorkers': field('a whole number from 1 to 5000', '1'),
  database: field(
    'an object',
    "{ engineVersion: '16.6', instanceClass: 'db.r7g.large', instancesPerRegion: 2, databaseName: 'orders' }",
  ),
  'database.engineVersion': field('an Aurora PostgreSQL version', "'16.6'"),
  'database.instanceClass': field('an RDS instance class', "'db.r7g.large'"),
  'database.instancesPerRegion': field('a whole number from 2 to 16', '2'),
  'database.databaseName': field('a letter and up to 62 letters, digits and underscores', "'orders'"),
  'database.rpoBasis': field("'alarmed', 'bounded' or 'none'", "'alarmed'"),
  cache: field('an object', "{ nodeType: 'cache.r7g.large', nodesPerRegion: 2 }"),
  'cache.nodeType': field('an ElastiCache node type', "'cache.r7g.large'"),
  'cache.nodesPerRegion': field('a whole number from 2 to 6', '2'),
  gate: field('an object', "{ allowedCidrs: ['192.0.2.0/24'] }"),
  'gate.allowedCidrs': field('a list of IPv4 ranges', "['192.0.2.0/24']"),
  'gate.allowedCidrs[]': field('an IPv4 range in CIDR notation', "'192.0.2.0/24'"),
  tags: field('an object of up to 40 tags', "{ 'cost-centre': 'shop' }"),
  'tags.*': field(
    'up to 256 letters, digits, spaces and the signs _ . : / = + - @',
    "{ 'cost-centre': 'shop' }",
  ),
  dataResidency: field('a list of Region codes', "['us-east-1', 'us-east-2', 'us-west-2']"),
  'dataResidency[]': field('a Region code', "'us-east-2'"),
  jurisdictions: field('a list', "[{ name: 'eu', regions: ['eu-west-1', 'eu-central-1'] }]"),
  'jurisdictions[]': field('an object', "{ name: 'eu', regions: ['eu-west-1', 'eu-central-1'] }"),
  'jurisdictions[].name': field(
    '* or lower case letters, digits and hyphens, 1 to 32 characters, beginning with a letter',
    "'eu'",
  ),
  'jurisdictions[].regions': field('a list of Region codes', "['eu-west-1', 'eu-central-1']"),
  'jurisdictions[].regions[]': field('a Region code', "'eu-west-1'"),
  serviceLevels: field(
    'a list of up to 20 service levels',
    "[{ name: 'place-order', kind: 'availability', target: 0.999, route: 'POST /orders' }]",
  ),
  'serviceLevels[]': field('an object', "{ name: 'place-order', kind: 'availability', target: 0.999 }"),
  'serviceLevels[].name': field(
    'lower case letters, digits and single hyphens, 2 to 32 characters, beginning with a letter',
    "'place-order'",
  ),
  'serviceLevels[].kind': field("'availability', 'latency', 'freshness' or 'durability'", "'availability'"),
  'serviceLevels[].target': field('a share from 0.95 to 0.99999', '0.999'),
  'serviceLevels[].route': field('a method and a path', "'POST /orders'"),
  'serviceLevels[].thresholdMilliseconds': field('whole milliseconds from 1 to 60000', '300'),
  'serviceLevels[].thresholdSeconds': seconds(1, 86_400, 120),
  'serviceLevels[].windowDays': field('whole days from 7 to 30', '30'),
  journeys: field(
    'a list of up to 20 journeys',
    "[{ name: 'read-order', route: 'GET /orders/:id', path: '/orders/{uuid}' }]",
  ),
  'journeys[]': field(
    'an object',
    "{ name: 'read-order', route: 'GET /orders/:id', path: '/orders/{uuid}' }",
  ),
  'journeys[].name': field(
    'lower case letters, digits and single hyphens, 2 to 32 characters, beginning with a letter',
    "'read-order'",
  ),
  'journeys[].route': field('a method and a path', "'GET /orders/:id'"),
  'journeys[].path': field('a path, with {uuid} and {number} where they change', "'/orders/{uuid}'"),
  'journeys[].share': field('a number above 0 and up to 1000', '4'),
  'journeys[].headers': field('an object of texts', "{ 'idempotency-key': '{uuid}' }"),
  'journeys[].headers.*': field('text', "'{uuid}'"),
  'journeys[].body': field('an object', "{ item: 'book', quantity: 1 }"),
};

/** Names of the fields directly below a path, such as `kind` and `witness` below `register`. */
export function fieldsBelow(path: string): readonly string[] {
  const prefix = path === '' ? '' : `${path}.`;
  return Object.keys(FIELDS)
    .filter(key => key !== '' && key.startsWith(prefix))
    .map(key => key.slice(prefix.length))
    .filter(key => key !== '' && !/[.[]/.test(key));
}
