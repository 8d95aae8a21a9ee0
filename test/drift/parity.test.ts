import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DriftReport } from '../../lib/drift';
import { type DriftRequest, runDrift, sourcesOf } from '../../lib/drift';
import { templatesOf } from '../stacks/example';

const texts = Object.fromEntries(Object.entries(templatesOf()).map(([key, { text }]) => [key, text]));
const EAST = 'us-east-2';
const WEST = 'us-west-2';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-parity-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Templates = Readonly<Record<string, string>>;

/** An assembly with these templates, by `<region>/<stack>` or `<account>/<region>/<stack>`. */
function assembly(templates: Templates): string {
  const artifacts = Object.entries(templates).map(([key, text], at) => {
    const [stackName = '', region = '', account = '111111111111'] = key.split('/').reverse();
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, `t${at}.json`), text);
    const properties = { templateFile: `t${at}.json`, stackName };
    return [
      `artifact${at}`,
      { type: 'aws:cloudformation:stack', environment: `aws://${account}/${region}`, properties },
    ];
  });
  writeFileSync(
    path.join(folder, 'manifest.json'),
    JSON.stringify({ version: '1', artifacts: Object.fromEntries(artifacts) }),
  );
  return folder;
}

const run = (templates: Templates, more: DriftRequest = {}, seed?: string): DriftReport =>
  runDrift(
    sourcesOf({ assembly: assembly(templates), parity: true, ...more }),
    seed === undefined ? {} : { facts: { seed } },
  );

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}
type Resources = Record<string, Resource>;

/** One stack of the blueprint in both Regions, with one change of the one. */
function changed(key: string, change: (resources: Resources) => void): Templates {
  const document = JSON.parse(texts[key] ?? '') as { Resources: Resources };
  change(document.Resources);
  const alike = Object.entries(texts).filter(([each]) => each.split('/')[1] === key.split('/')[1]);
  return { ...Object.fromEntries(alike), [key]: JSON.stringify(document) };
}

const ofType = (resources: Resources, type: string): [string, Resource] => {
  const [found] = Object.entries(resources).filter(([, { Type }]) => Type === type);
  if (found === undefined) throw new Error(`no ${type}`);
  return found;
};

const left = ({ findings }: DriftReport) =>
  findings.filter(each => !['noise', 'expected'].includes(each.class));
const said = (report: DriftReport) =>
  left(report).map(each => `${each.class} ${each.rule} ${each.region} ${each.path}`);

/** A stack of one resource. */
const one = (Type: string, Properties: object, more: object = {}) =>
  JSON.stringify({ Resources: { X: { Type, Properties, ...more } } });
const DB = 'AWS::RDS::DBCluster';

test('the Regions of the blueprint are alike by the rules, with the Region of birth known or not', () => {
  for (const seed of [undefined, EAST]) {
    const report = run(texts, {}, seed);
    expect(report.counts.checked).toBeGreaterThan(200);
    expect(said(report)).toEqual([]);
    expect(report.verdict).toBe('clean');
    const rules = report.findings.map(({ rule }) => rule);
    expect(rules).toEqual(expect.arrayContaining(['regional-fact', 'born-once', 'failover-chain']));
  }
});

test('what is made once stands in the Region of birth, and in no other', () => {
  const found = said(run(texts, {}, WEST));
  expect(found).toContain(`danger region-lacks ${WEST} `);
});

const off = (resources: Resources) => {
  ofType(resources, DB)[1].Properties.DeletionProtection = false;
};
const without = (type: string) => (resources: Resources) => {
  delete resources[ofType(resources, type)[0]];
};

test.each<[string, string, (resources: Resources) => void, string]>([
  ['protection that is off', 'data', off, 'danger protection-off'],
  [
    'protection that is not mentioned',
    'data',
    resources => {
      delete ofType(resources, DB)[1].Properties.DeletionProtection;
    },
    'danger protection-off',
  ],
  ['a cluster that is missing', 'data', without(DB), 'danger region-lacks'],
  ['an alarm that is missing', 'operations', without('AWS::CloudWatch::Alarm'), 'danger region-lacks'],
  [
    'a shorter time of backups',
    'data',
    resources => {
      ofType(resources, DB)[1].Properties.BackupRetentionPeriod = 1;
    },
    'danger retention-lowered',
  ],
  [
    'a policy that allows all',
    'service',
    resources => {
      const [, policy] = ofType(resources, 'AWS::IAM::Policy');
      const document = policy.Properties.PolicyDocument as { Statement: object[] };
      document.Statement.push({ Effect: 'Allow', Action: '*', Resource: '*' });
    },
    'danger iam-broadening',
  ],
])('%s is a danger in whichever Region it is', (_what, stack, change, wanted) => {
  for (const region of [EAST, WEST]) {
    const found = said(run(changed(`${region}/${stack}`, change)));
    expect(found.filter(each => each.startsWith(`${wanted} ${region} `))).toHaveLength(1);
  }
});

test('another version is a change, told as a difference', () => {
  for (const region of [EAST, WEST]) {
    const other = region === EAST ? WEST : EAST;
    const templates = changed(`${region}/data`, resources => {
      ofType(resources, DB)[1].Properties.EngineVersion = '15.2';
    });
    const [finding, ...more] = left(run(templates));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ class: 'change', action: 'none', path: 'Properties.EngineVersion' });
    expect(finding?.why).toContain(`"15.2" in ${region}`);
    expect(finding?.why).toMatch(new RegExp(`EngineVersion is .*in ${other}`));
  }
});

test('of three Regions the one that is not as the others are is named', () => {
  const cluster = (on: boolean) => one(DB, { DeletionProtection: on });
  const report = run({
    'ap-south-1/d': cluster(false),
    'us-east-2/d': cluster(true),
    'us-west-2/d': cluster(true),
  });
  const [finding, ...more] = report.findings;
  expect(more).toEqual([]);
  expect(finding).toMatchObject({ class: 'danger', rule: 'protection-off' });
  expect(finding?.why).toContain('true in us-east-2, us-west-2');
});

test('the order of the Regions means nothing', () => {
  const bad = changed(`${EAST}/data`, off);
  const back = Object.fromEntries(Object.entries(bad).reverse());
  expect(run(back)).toEqual(run(bad));
});

test('a record that comes first and is watched by nobody is a danger', () => {
  const record = (Failover: string, more: object = {}) =>
    one('AWS::Route53::RecordSet', { Name: 'a.', Type: 'A', Failover, SetIdentifier: Failover, ...more });
  const watched = run({ [`${EAST}/d`]: record('SECONDARY'), [`${WEST}/d`]: record('PRIMARY') });
  expect(said(watched).map(each => each.split(' ')[1])).toEqual(['dns-change']);
  const gone = changed(`${EAST}/dns`, resources => {
    for (const each of Object.values(resources)) delete each.Properties?.HealthCheckId;
  });
  expect(said(run(gone)).filter(each => each.startsWith('danger'))).not.toEqual([]);
});

test('a check that turns no record is not explained by the chain', () => {
  const templates = changed(`${EAST}/dns`, resources => {
    resources.Stray = { Type: 'AWS::Route53::HealthCheck', Properties: {} };
  });
  expect(said(run(templates))).toEqual([`danger region-lacks ${WEST} `]);
});

test('credentials of a cluster that is in no global one are no fact of birth', () => {
  const report = run({ [`${EAST}/d`]: one(DB, { MasterUsername: 'admin' }), [`${WEST}/d`]: one(DB, {}) });
  expect(report.findings.map(each => each.class)).toEqual(['change']);
});

test('a secret of its own is no credential of birth', () => {
  const templates = changed(`${EAST}/data`, resources => {
    resources.Mine = { Type: 'AWS::SecretsManager::Secret', Properties: {} };
  });
  expect(said(run(templates))).toEqual([`danger region-lacks ${WEST} `]);
});

test.each([
  ['10.0.0.0/16', '0.0.0.0/0'],
  ['0.0.0.0/0', '10.0.0.0/16'],
  ['10.0.0.0/24', '10.1.0.0/8'],
])('an ingress from %s here and from %s there is a danger', (here, there) => {
  const group = (CidrIp: string) =>
    one('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp }],
    });
  expect(run({ [`${EAST}/n`]: group(here), [`${WEST}/n`]: group(there) }).verdict).toBe('danger');
});

describe('names', () => {
  test('accounts, zones and what a mapping of Regions holds are written alike', () => {
    const template = (region: string, account: string, zone: string, letter: string) =>
      JSON.stringify({
        Mappings: { M: { [EAST]: { ami: 'ami-11111111' }, [WEST]: { ami: 'ami-22222222' } } },
        Conditions: { East: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, region] } },
        Resources: {
          A: {
            Type: 'AWS::EC2::Instance',
            Condition: 'East',
            Properties: {
              ImageId: { 'Fn::FindInMap': ['M', { Ref: 'AWS::Region' }, 'ami'] },
              Owner: `arn:aws:iam::${account}:role/x`,
              ZoneId: zone,
              AvailabilityZone: `${region}${letter}`,
            },
          },
        },
      });
    const report = run({
      [`111111111111/${EAST}/n`]: template(EAST, '111111111111', 'use2-az1', 'a'),
      [`222222222222/${WEST}/n`]: template(WEST, '222222222222', 'usw2-az4', 'c'),
    });
    expect(said(report)).toEqual([]);
  });

  test('stacks whose names hold the name of their Region are matched', () => {
    const report = run({
      [`${EAST}/app-useast2-d`]: one(DB, { DeletionProtection: true }),
      [`${WEST}/app-uswest2-d`]: one(DB, {}),
    });
    expect(said(report)).toEqual([`danger protection-off ${WEST} Properties.DeletionProtection`]);
    expect(left(report)[0]?.stack).toBe('app-useast2-d | app-uswest2-d');
  });

  test('stacks that only a user can match are matched by a pair', () => {
    const templates = {
      [`${EAST}/primary`]: one(DB, { DeletionProtection: true }),
      [`${WEST}/other`]: one(DB, {}),
    };
    expect(said(run(templates))[0]).toContain('unchecked');
    const report = run(templates, { pair: [`primary=${WEST}/other`] });
    expect(said(report)).toEqual([`danger protection-off ${WEST} Properties.DeletionProtection`]);
    const wrong = run(templates, { pair: ['primary=nothing'] });
    expect(wrong.findings[0]?.why).toContain('names 0 stacks: nothing');
  });

  test('stacks of one name in several accounts of a Region are matched within their accounts', () => {
    const templates = {
      [`111111111111/${EAST}/d`]: one(DB, { DeletionProtection: true }),
      [`111111111111/${WEST}/d`]: one(DB, { DeletionProtection: true }),
      [`222222222222/${EAST}/d`]: one(DB, { DeletionProtection: false }),
      [`222222222222/${WEST}/d`]: one(DB, { DeletionProtection: true }),
    };
    expect(said(run(templates))).toEqual([`danger protection-off ${EAST} Properties.DeletionProtection`]);
  });
});

describe('what is not compared is told', () => {
  test('a stack that one Region lacks', () => {
    const { [`${WEST}/dns`]: _gone, ...others } = texts;
    const report = run(others);
    expect(report.verdict).toBe('unchecked');
    expect(report.findings).toContainEqual(
      expect.objectContaining({ class: 'unchecked', region: WEST, stack: 'dns' }),
    );
  });

  test('a stack that says no Region', () => {
    const report = run({ ...texts, 'unknown-region/extra': '{"Resources":{}}' });
    expect(report.findings).toContainEqual(
      expect.objectContaining({ class: 'unchecked', region: '-', stack: 'extra' }),
    );
  });

  test('an assembly of one Region', () => {
    const report = run({ [`${EAST}/data`]: texts[`${EAST}/data`] ?? '' });
    expect(report.findings[0]).toMatchObject({ class: 'unchecked' });
    expect(report.findings[0]?.why).toContain('nothing to hold against each other');
  });

  test('a template that cannot be read hides no other Region', () => {
    const report = run({
      'eu-west-1/d': '{',
      [`${EAST}/d`]: one(DB, { DeletionProtection: true }),
      [`${WEST}/d`]: one(DB, {}),
    });
    expect(said(report)).toEqual([
      `danger protection-off ${WEST} Properties.DeletionProtection`,
      'unchecked unchecked eu-west-1 ',
    ]);
  });

  test('a nested stack, and entries that fall together', () => {
    const stack = one('AWS::CloudFormation::Stack', { TemplateURL: 'u' });
    expect(said(run({ [`${EAST}/d`]: stack, [`${WEST}/d`]: stack }))).toEqual([
      `unchecked unchecked ${EAST}, ${WEST} `,
    ]);
    const both = JSON.stringify({
      Resources: { Auseast2: { Type: 'A::B::C' }, Aownregion: { Type: 'A::B::C' } },
    });
    const report = run({ [`${EAST}/d`]: both, [`${WEST}/d`]: both });
    expect(said(report)[0]).toBe(`unchecked unchecked ${EAST} `);
  });
});
