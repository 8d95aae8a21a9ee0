import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Validator } from '@cfworker/json-schema';
import fc from 'fast-check';
import { applyPolicy } from '../../constructs/policy/apply-policy';
import { type PolicyReport, readPolicyReport } from '../../constructs/policy/policy-report';
import { DEFAULT_CONFIG, parseServiceConfig } from '../../lib/service/service-config';
import { buildApp, RegionStage } from '../../stacks';
import { SERVICE_CONFIGURATION, SERVICE_SCHEMA } from '../../stacks/service-configuration';
import { example, newApp, templatesOf } from './example';

const outdir = mkdtempSync(path.join(tmpdir(), 'holdfast-composition-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

describe('policy', () => {
  const app = newApp(outdir);
  const stages = buildApp(app, example());
  applyPolicy(app);
  app.synth();
  const report: PolicyReport = readPolicyReport(outdir);

  test('passes for both Regions, with rules that judged', () => {
    expect(report.findings).toEqual([]);
    expect(report.judgements.unknown).toBe(0);
    expect(report.judgements.compliant).toBeGreaterThan(100);
  });

  test('the documented acknowledgements are those of the code', () => {
    const documented = readFileSync(path.join(__dirname, '../../docs/policy.md'), 'utf8')
      .split('\n')
      .filter(line => line.startsWith('| `'))
      .map(line => line.split(' | ').map(cell => cell.replace(/^\| |\s\|$|`/g, '').trim()));
    const region = stages[0]?.node.id ?? '';
    const inCode = report.acknowledgements.map(({ rule, path: at, reason }) => [
      rule.replaceAll(region, '<Region>').replaceAll('us-west-2', '<Region>'),
      at.replace(/^[^/]+\//, ''),
      reason,
    ]);
    const distinct = [...new Map(inCode.map(row => [JSON.stringify(row), row])).values()];
    expect(documented).toEqual(distinct);
  });

  test('stacks that cannot be made again are protected, the others are not', () => {
    for (const stage of stages) {
      const isProtected = Object.fromEntries(
        ['foundation', 'network', 'data', 'service', 'operations', 'dns'].map(layer => [
          layer,
          (stage.node.findChild(layer) as { terminationProtection?: boolean }).terminationProtection,
        ]),
      );
      expect(isProtected).toEqual({
        foundation: true,
        network: false,
        data: true,
        service: false,
        operations: false,
        dns: true,
      });
    }
  });
});

describe('a Region', () => {
  test('that the topology lacks is refused by name', () => {
    expect(() => new RegionStage(newApp(outdir), 'eu-west-1', { topology: example() })).toThrow(
      /no Region eu-west-1 in the topology, which has us-east-2, us-west-2/,
    );
  });

  test('holds the RPO by a parameter in every member where the topology says bounded', () => {
    const { database } = example();
    const templates = templatesOf(example({ database: { ...database, rpoBasis: 'bounded' } }));
    for (const region of ['us-east-2', 'us-west-2']) {
      expect(templates[`${region}/data`]?.text).toContain('"rds.global_db_rpo": "30"');
    }
  });
});

describe('the service’s configuration', () => {
  const schema = new Validator(SERVICE_SCHEMA as object, '4', false);

  test('is born with what the run time holds without one', () => {
    expect(SERVICE_CONFIGURATION).toEqual(DEFAULT_CONFIG);
  });

  test('what the schema lets through, the run time takes', () => {
    const bounded = (most: number) =>
      fc.oneof(fc.constantFrom(undefined, -1, 0, 1, most, most + 1), fc.integer({ min: 1, max: most }));
    const GOOD = [['a'], ['b_2', 'a'], ['a', 'b', 'c']];
    const names = fc.constantFrom<unknown>(...GOOD, ...GOOD, ['a', 'a'], [], ['B'], 'a', [1]);
    const ring = fc.record(
      {
        format: fc.constantFrom<unknown>(1, 1, 1, 2, '1'),
        version: fc.constantFrom<unknown>(1, 2, 9, 0, '1'),
        hash: fc.constantFrom('sha256', 'sha256', 'md5'),
        virtualNodes: fc.constantFrom(1, 128, 0, 1.5),
        shards: names,
        movingFrom: names,
        bounded: fc.record({ slots: fc.constantFrom(1, 64, 0), capacityFactor: fc.constantFrom(1, 1.25) }),
        spread: fc.constantFrom<unknown>({}, { hot: 8 }, { hot: 0 }, { hot: '8' }, []),
      },
      { requiredKeys: ['format', 'version', 'hash', 'virtualNodes', 'shards'] },
    );
    const document = fc.record(
      {
        maximumQuantity: bounded(2_147_483_647),
        retryAfterSeconds: bounded(3600),
        cacheSeconds: bounded(86_400),
        idempotencyHours: bounded(720),
        fulfilmentPerSecond: bounded(10_000),
        fulfilmentInFlight: bounded(1000),
        fulfilmentPaused: fc.oneof(fc.boolean(), fc.constant('False')),
        shardRing: ring,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(document, fc.record({ shardRing: ring })), given => {
        const text = JSON.stringify(given);
        const accepted = schema.validate(JSON.parse(text)).valid;
        if (accepted) expect(() => parseServiceConfig(text)).not.toThrow();
        else expect(() => parseServiceConfig(text)).toThrow();
      }),
    );
  });
});
