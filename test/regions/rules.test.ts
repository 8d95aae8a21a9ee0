import { clusterIdentifier, loadBalancerName, targetGroupName } from '../../lib/naming';
import { REGION_CATALOG, topologyWarnings } from '../../regions';
import { type Document, EUROPE, example, problemsAfter, problemsOf } from './example';

interface Case {
  readonly what: string;
  readonly change: (document: Document) => void;
  readonly path: string;
  readonly message: string;
  readonly fix?: string;
}

const THIRD = { name: 'us-east-1', zones: ['use1-az1', 'use1-az2', 'use1-az4'], cidr: '10.30.0.0/16' };

const CASES: readonly Case[] = [
  {
    what: 'a Region that does not exist',
    change: d => Object.assign(d.regions[1], { name: 'us-west-22' }),
    path: 'regions[1].name',
    message: 'is no Region that Holdfast knows',
    fix: 'did you mean us-west-2?',
  },
  {
    what: 'a Region twice',
    change: d => d.regions.push({ ...d.regions[1], cidr: '10.30.0.0/16' }),
    path: 'regions[2].name',
    message: 'is regions[1] already',
  },
  {
    what: 'one Region alone',
    change: d => d.regions.pop(),
    path: 'regions',
    message: 'one Region survives no loss of a Region',
  },
  {
    what: 'more Regions than a chain holds',
    change: d => {
      d.register = { kind: 'eventual' };
      d.zonesPerRegion = undefined;
      for (const [index, name] of ['eu-west-1', 'eu-west-2', 'eu-north-1', 'sa-east-1'].entries()) {
        const facts = REGION_CATALOG.find(region => region.code === name);
        d.regions.push({ name, zones: facts?.zones, cidr: `10.${50 + index}.0.0/16` });
      }
    },
    path: 'regions',
    message: 'a failover chain holds 5 Regions at most',
  },
  {
    what: 'no seed',
    change: d => delete d.regions[0].seed,
    path: 'regions',
    message: 'no Region is the seed',
  },
  {
    what: 'two seeds',
    change: d => Object.assign(d.regions[1], { seed: true }),
    path: 'regions[1].seed',
    message: 'regions[0] is the seed already',
  },
  {
    what: 'Regions of two partitions',
    change: d =>
      Object.assign(d.regions[1], { name: 'us-gov-west-1', zones: ['usgw1-az1', 'usgw1-az2', 'usgw1-az3'] }),
    path: 'regions[1].name',
    message: 'is in partition aws-us-gov, and us-east-2 in aws',
  },
  {
    what: 'a single zone',
    change: d => Object.assign(d.regions[1], { zones: ['usw2-az1'] }),
    path: 'regions[1].zones',
    message: 'survives no loss of a zone',
  },
  {
    what: 'a zone twice',
    change: d => Object.assign(d.regions[1], { zones: ['usw2-az1', 'usw2-az2', 'usw2-az1'] }),
    path: 'regions[1].zones[2]',
    message: 'is named twice',
  },
  {
    what: 'a zone of another Region',
    change: d => Object.assign(d.regions[1].zones, { 0: 'use2-az1' }),
    path: 'regions[1].zones[0]',
    message: 'is a zone of us-east-2, not of us-west-2',
    fix: 'use ids such as usw2-az1, usw2-az2, usw2-az3, usw2-az4',
  },
  {
    what: 'a local zone',
    change: d => Object.assign(d.regions[1].zones, { 0: 'usw2-lax1-az1' }),
    path: 'regions[1].zones[0]',
    message: 'is no zone id',
  },
  {
    what: 'a zone id of no known Region',
    change: d => Object.assign(d.regions[1].zones, { 0: 'usx9-az1' }),
    path: 'regions[1].zones[0]',
    message: 'is no zone of us-west-2',
  },
  {
    what: 'a range that is none',
    change: d => Object.assign(d.regions[1], { cidr: '10.20.0.0' }),
    path: 'regions[1].cidr',
    message: 'is not an IPv4 range in CIDR notation',
  },
  {
    what: 'a range with host bits',
    change: d => Object.assign(d.regions[1], { cidr: '10.20.1.0/16' }),
    path: 'regions[1].cidr',
    message: 'has bits set after the first 16',
    fix: 'use 10.20.0.0/16',
  },
  {
    what: 'a range too small',
    change: d => Object.assign(d.regions[1], { cidr: '10.20.0.0/24' }),
    path: 'regions[1].cidr',
    message: 'is too small for the subnets of a Region',
  },
  {
    what: 'a range too large',
    change: d => Object.assign(d.regions[1], { cidr: '172.16.0.0/12' }),
    path: 'regions[1].cidr',
    message: 'is larger than AWS accepts',
  },
  {
    what: 'a range where AWS accepts no network',
    change: d => Object.assign(d.regions[1], { cidr: '169.254.0.0/16' }),
    path: 'regions[1].cidr',
    message: 'lies in 169.254.0.0/16, where AWS accepts no network',
  },
  {
    what: 'ranges that overlap',
    change: d => Object.assign(d.regions[1], { cidr: '10.10.128.0/20' }),
    path: 'regions[1].cidr',
    message: 'overlaps regions[0].cidr 10.10.0.0/16',
  },
  {
    what: 'a strong register of two Regions without a witness',
    change: d => Object.assign(d, { register: { kind: 'strong' } }),
    path: 'register.witness',
    message: 'is missing: two Regions alone have no majority when one is lost',
    fix: 'use us-east-1',
  },
  {
    what: 'a witness that is a Region of the topology',
    change: d => Object.assign(d.register, { witness: 'us-west-2' }),
    path: 'register.witness',
    message: 'is a Region of the topology',
    fix: 'use us-east-1',
  },
  {
    what: 'a witness outside the set',
    change: d => Object.assign(d.register, { witness: 'eu-west-1' }),
    path: 'register.witness',
    message: 'cannot hold one strongly consistent table with us-east-2 and us-west-2',
    fix: 'use us-east-1',
  },
  {
    what: 'a witness that does not exist',
    change: d => Object.assign(d.register, { witness: 'us-east-7' }),
    path: 'register.witness',
    message: 'is no Region that Holdfast knows',
  },
  {
    what: 'three Regions and a witness',
    change: d => {
      d.regions = [
        ...EUROPE,
        { name: 'eu-west-3', zones: ['euw3-az1', 'euw3-az2', 'euw3-az3'], cidr: '10.30.0.0/16' },
      ];
      d.register = { kind: 'strong', witness: 'eu-west-2' };
    },
    path: 'register.witness',
    message: 'is one copy too many',
  },
  {
    what: 'four Regions with a strong register',
    change: d => {
      d.regions = ['eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-central-1'].map((name, index) => ({
        name,
        seed: index === 0,
        zones: REGION_CATALOG.find(facts => facts.code === name)?.zones.slice(0, 3),
        cidr: `10.${index}.0.0/16`,
      }));
      d.register = { kind: 'strong' };
    },
    path: 'register.kind',
    message: 'a strongly consistent table stands in three Regions, and the topology has 4',
    fix: "register: { kind: 'eventual' }, which cannot fence a partition",
  },
  {
    what: 'Regions of two sets with a strong register',
    change: d => {
      d.regions[1] = EUROPE[1];
    },
    path: 'register.kind',
    message: 'us-east-2 and eu-central-1 cannot hold one strongly consistent table',
    fix: "or use register: { kind: 'eventual' }, which cannot fence a partition",
  },
  {
    what: 'a Region in no set with a strong register',
    change: d => {
      d.regions[1] = {
        name: 'ca-central-1',
        zones: ['cac1-az1', 'cac1-az2', 'cac1-az4'],
        cidr: '10.20.0.0/16',
      };
    },
    path: 'register.kind',
    message: 'us-east-2 and ca-central-1 cannot hold',
  },
  {
    what: 'a Region outside the residency',
    change: d => Object.assign(d, { dataResidency: ['us-east-1', 'us-east-2'] }),
    path: 'regions[1].name',
    message: 'is no place where data may rest by dataResidency',
  },
  {
    what: 'a witness outside the residency',
    change: d => Object.assign(d, { dataResidency: ['us-east-2', 'us-west-2'] }),
    path: 'register.witness',
    message: 'is no place where data may rest by dataResidency',
  },
  {
    what: 'a residency in a Region that does not exist',
    change: d => Object.assign(d, { dataResidency: ['us-east-1', 'us-east-2', 'us-west-2', 'us-west-9'] }),
    path: 'dataResidency[3]',
    message: 'is no Region that Holdfast knows',
  },
  ...[0, -0.5, 1.01, Number.NaN, '1'].map(capacityShare => ({
    what: `a capacity share of ${JSON.stringify(capacityShare)}`,
    change: (d: Document) => Object.assign(d.regions[1], { capacityShare }),
    path: 'regions[1].capacityShare',
    message: 'must be a number above 0 and up to 1',
  })),
  {
    what: 'a capacity share finer than a hundredth',
    change: d => Object.assign(d.regions[1], { capacityShare: 0.333 }),
    path: 'regions[1].capacityShare',
    message: 'is finer than a hundredth',
    fix: 'use 0.33',
  },
  {
    what: 'a seed below its full share',
    change: d => Object.assign(d.regions[0], { capacityShare: 0.5 }),
    path: 'regions[0].capacityShare',
    message: 'is below 1 on the seed',
  },
  {
    what: 'too few clones at most for the peak after the loss of a zone',
    change: d =>
      Object.assign(d.capacity, { peakRequestsPerSecond: 1000, requestsPerClone: 100, maximumClones: 14 }),
    path: 'capacity.maximumClones',
    message: 'needs 15 clones to carry the peak after the loss of one of 3 zones',
    fix: 'use 15 or more',
  },
  {
    what: 'a bound of the RPO below 20 s',
    change: d => {
      d.database.rpoBasis = 'bounded';
      d.objectives.rpoSeconds = 19;
    },
    path: 'objectives.rpoSeconds',
    message: 'is below 20, the least that rds.global_db_rpo can bound',
  },
  {
    what: 'a burstable class in a global database',
    change: d => Object.assign(d.database, { instanceClass: 'db.t4g.medium' }),
    path: 'database.instanceClass',
    message: 'is burstable',
  },
  {
    what: 'more instances than a primary cluster holds',
    change: d => Object.assign(d.database, { instancesPerRegion: 16 }),
    path: 'database.instancesPerRegion',
    message: 'is more than 15',
  },
  {
    what: 'a name that AWS refuses for a load balancer',
    change: d => Object.assign(d, { application: 'internal-orders' }),
    path: 'application',
    message: "begins with 'internal-'",
  },
  {
    what: 'a host name too long for a certificate',
    change: d => Object.assign(d.dns, { zoneName: `${'a'.repeat(40)}.example.com` }),
    path: 'dns.recordName',
    message: "makes a gate's name of 74 characters",
    fix: 'by 10 characters',
  },
  ...['Orders', 'or', 'orders-', '-orders', 'or--ders', '1orders', 'a'.repeat(21), 'or_ders', 'orders\n'].map(
    application => ({
      what: `the application name ${JSON.stringify(application)}`,
      change: (d: Document) => Object.assign(d, { application }),
      path: 'application',
      message: 'must be lower case letters, digits and single hyphens, 3 to 20 characters',
    }),
  ),
  ...['12345678901', '1234567890123', 'account', 123456789012].map(account => ({
    what: `the account ${JSON.stringify(account)}`,
    change: (d: Document) => Object.assign(d, { account }),
    path: 'account',
    message: 'must be an AWS account of 12 digits',
  })),
  ...['/hostedzone/Z0123456789', 'z0123456789', 'Z', `Z${'A'.repeat(32)}`].map(hostedZoneId => ({
    what: `the hosted zone id ${hostedZoneId}`,
    change: (d: Document) => Object.assign(d.dns, { hostedZoneId }),
    path: 'dns.hostedZoneId',
    message: 'must be a hosted zone id',
  })),
  ...['example', 'example.com.', 'Example.com', 'exa mple.com', '-a.com', 'a..com'].map(zoneName => ({
    what: `the zone name ${zoneName}`,
    change: (d: Document) => Object.assign(d.dns, { zoneName }),
    path: 'dns.zoneName',
    message: 'must be a DNS name',
  })),
  {
    what: 'a record name of two labels',
    change: d => Object.assign(d.dns, { recordName: 'a.b' }),
    path: 'dns.recordName',
    message: 'must be one DNS label',
  },
  ...(['rtoSeconds', 'rpoSeconds'] as const).flatMap(key =>
    [0, -1, 1.5, '900', Number.POSITIVE_INFINITY].map(value => ({
      what: `${key} of ${JSON.stringify(value)}`,
      change: (d: Document) => Object.assign(d.objectives, { [key]: value }),
      path: `objectives.${key}`,
      message: 'must be whole seconds',
    })),
  ),
  ...(
    [
      ['leaseSeconds', 2],
      ['leaseSeconds', 61],
      ['leaseMarginSeconds', 0],
      ['checkFailures', 0],
      ['checkFailures', 11],
      ['checkIntervalSeconds', 15],
      ['clientDnsCacheSeconds', -1],
      ['warmUpSeconds', 0.5],
      ['cloneBootSeconds', 0],
      ['reconnectSeconds', 0],
    ] as const
  ).map(([key, value]) => ({
    what: `recovery.${key} of ${value}`,
    change: (d: Document) => Object.assign(d, { recovery: { [key]: value } }),
    path: `recovery.${key}`,
    message: 'must be',
  })),
  {
    what: 'one database instance a Region',
    change: d => Object.assign(d.database, { instancesPerRegion: 1 }),
    path: 'database.instancesPerRegion',
    message: 'must be a whole number from 2 to 16',
  },
  {
    what: 'one cache node a Region',
    change: d => Object.assign(d.cache, { nodesPerRegion: 1 }),
    path: 'cache.nodesPerRegion',
    message: 'must be a whole number from 2 to 6',
  },
];

describe('a topology is refused for', () => {
  test.each(CASES)('$what', ({ change, path, message, fix }) => {
    const problems = problemsAfter(change);
    expect(problems.map(problem => problem.path)).toEqual([path]);
    expect(problems[0]?.message).toContain(message);
    if (fix !== undefined) expect(problems[0]?.fix).toContain(fix);
  });
});

test('a label of a zone name holds 63 characters', () => {
  const problems = problemsAfter(document => {
    document.dns.zoneName = `${'a'.repeat(64)}.com`;
  });
  expect(problems.map(problem => problem.path)).toContain('dns.zoneName');
});

describe('a topology is accepted with', () => {
  test('three Regions of one set that hold the register by themselves', () => {
    expect(
      problemsAfter(document => {
        document.regions.push(THIRD);
        document.register = { kind: 'strong' };
      }),
    ).toEqual([]);
  });

  test('an RPO bounded by exactly what Aurora can bound', () => {
    expect(
      problemsAfter(document => {
        document.database.rpoBasis = 'bounded';
        document.objectives.rpoSeconds = 20;
      }),
    ).toEqual([]);
  });

  test('an eventual register across sets', () => {
    expect(
      problemsAfter(document => {
        document.regions[1] = EUROPE[1];
        document.register = { kind: 'eventual' };
      }),
    ).toEqual([]);
  });

  test('every Region and the witness within the residency', () => {
    expect(
      problemsAfter(document => {
        document.dataResidency = ['us-east-1', 'us-east-2', 'us-west-2'];
      }),
    ).toEqual([]);
  });

  test('a zone id that is newer than the catalogue', () => {
    expect(
      problemsAfter(document => {
        document.regions[1].zones[0] = 'usw2-az7';
      }),
    ).toEqual([]);
  });

  test('optional values that are present and undefined', () => {
    expect(
      problemsOf(
        example(document => {
          document.recovery = { leaseSeconds: undefined };
          document.register.witness = 'us-east-1';
          document.dataResidency = undefined;
        }),
      ),
    ).toEqual([]);
  });
});

describe('jurisdictions', () => {
  const OWN = ['us-east-2', 'us-west-2'];
  const problemsWith = (...jurisdictions: object[]) =>
    problemsAfter(document => Object.assign(document, { jurisdictions }));

  test('may be held in all Regions of the global database or in none', () => {
    expect(problemsWith({ name: 'us', regions: OWN }, { name: 'eu', regions: ['eu-west-1'] })).toEqual([]);
    expect(problemsWith({ name: '*', regions: [...OWN, 'eu-west-1'] })).toEqual([]);
    expect(
      problemsWith({ name: 'us', regions: OWN }, { name: 'east', regions: ['us-east-1', 'us-east-2'] }),
    ).toEqual([
      {
        path: 'jurisdictions[1].regions',
        received: ['us-east-1', 'us-east-2'],
        message: 'leaves out us-west-2, where the global database copies every row',
        fix: 'allow us-west-2, or give east an application of its own in Regions that may all hold it',
      },
    ]);
  });

  test.each([
    ['a Region that is none', [{ name: 'eu', regions: ['eu-west-9'] }], 'jurisdictions[0].regions[0]'],
    ['no Region', [{ name: 'eu', regions: [] }], 'jurisdictions[0].regions'],
    [
      'a name twice',
      [
        { name: 'us', regions: OWN },
        { name: 'us', regions: OWN },
      ],
      'jurisdictions[1].name',
    ],
    ['a name in capitals', [{ name: 'EU', regions: ['eu-west-1'] }], 'jurisdictions[0].name'],
    ['an unknown field', [{ name: 'eu', regions: ['eu-west-1'], law: 'x' }], 'jurisdictions[0].law'],
  ])('refuses %s', (_what, jurisdictions, path) => {
    expect(problemsWith(...jurisdictions).map(problem => problem.path)).toEqual([path]);
  });

  test('that leave untagged records out, or everything, are told', () => {
    const warnings = (...jurisdictions: object[]) =>
      topologyWarnings(example(document => Object.assign(document, { jurisdictions })))
        .filter(({ path }) => path === 'jurisdictions')
        .map(({ message }) => message);
    expect(warnings({ name: '*', regions: OWN })).toEqual([]);
    expect(warnings({ name: 'us', regions: OWN })).toEqual([
      expect.stringContaining('without a jurisdiction'),
    ]);
    expect(warnings({ name: 'eu', regions: ['eu-west-1'] })).toEqual([
      expect.stringContaining('without a jurisdiction'),
      expect.stringContaining('every order is refused'),
    ]);
  });
});

test('the longest application name fits every derived name of AWS in every Region', () => {
  const application = 'a'.repeat(20);
  expect(problemsAfter(document => Object.assign(document, { application }))).toEqual([]);
  expect(targetGroupName(application, 'green').length).toBeLessThanOrEqual(32);
  expect(loadBalancerName(application).length).toBeLessThanOrEqual(32);
  for (const { code } of REGION_CATALOG) {
    // A replication group id of ElastiCache holds 40 characters, a cluster identifier of RDS 63.
    expect(clusterIdentifier(application, code).length).toBeLessThanOrEqual(40);
  }
});
