import { App, Duration, Fn, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import fc from 'fast-check';
import { FailoverDns, type FailoverDnsProps } from '../../../constructs/traffic/failover-dns';
import { checkRules } from '../../../constructs/traffic/failover-rules';
import { turnSeconds } from '../../../constructs/traffic/failover-time';

const CHAIN = ['us-east-2', 'us-west-2'];

function dns(props: Partial<FailoverDnsProps> = {}) {
  const stack = new Stack(new App(), 'Stack', { env: { region: props.region ?? 'us-east-2' } });
  const built = new FailoverDns(stack, 'Dns', {
    region: 'us-east-2',
    chain: CHAIN,
    hostedZoneId: 'Z0000000000ORDERS000',
    host: 'orders.example.com',
    service: { dnsName: 'balancer.elb.example', hostedZoneId: 'ZBALANCER' },
    gate: { dnsName: 'gate.api.example', hostedZoneId: 'ZGATE' },
    ...props,
  });
  return { stack, built, template: Template.fromStack(stack) };
}

interface Check {
  Properties: {
    HealthCheckConfig: {
      Type: string;
      Inverted?: boolean;
      FullyQualifiedDomainName?: string;
      HealthThreshold?: number;
      ChildHealthChecks?: { 'Fn::GetAtt': [string, string] }[];
    };
  };
}
const checks = (template: Template) =>
  template.findResources('AWS::Route53::HealthCheck') as unknown as Record<string, Check>;

/** What Route 53 makes of a record's check when the gates answer like this; a record without a check is healthy. */
function healthy(template: Template, gates: Readonly<Record<string, boolean>>): boolean {
  const record = Object.values(template.findResources('AWS::Route53::RecordSet')).find(
    ({ Properties }) => Properties.Failover !== undefined,
  );
  const checkId = record?.Properties.HealthCheckId?.['Fn::GetAtt'][0] as string | undefined;
  if (checkId === undefined) return true;
  const all = checks(template);
  const judge = (id: string): boolean => {
    const { HealthCheckConfig: config } = (all[id] as Check).Properties;
    if (config.Type === 'CALCULATED') {
      const children = (config.ChildHealthChecks ?? []).map(child => judge(child['Fn::GetAtt'][0]));
      return children.filter(Boolean).length >= (config.HealthThreshold ?? 0);
    }
    const answers = gates[config.FullyQualifiedDomainName ?? ''] ?? false;
    return config.Inverted === true ? !answers : answers;
  };
  return judge(checkId);
}

describe('the turn of traffic', () => {
  const SEED_GATE = 'gate-us-east-2.orders.example.com';
  const STANDBY_GATE = 'gate-us-west-2.orders.example.com';

  test.each([
    { seed: true, standby: false, to: 'us-east-2' },
    { seed: false, standby: true, to: 'us-west-2' },
    // Two Regions that both think themselves active: nobody is sent back.
    { seed: true, standby: true, to: 'us-west-2' },
    // Nothing active, as between fencing and active: the last in the chain, which refuses writes.
    { seed: false, standby: false, to: 'us-west-2' },
  ])('gates $seed and $standby send clients to $to', ({ seed, standby, to }) => {
    const gates = { [SEED_GATE]: seed, [STANDBY_GATE]: standby };
    const primary = healthy(dns().template, gates);
    expect(primary ? 'us-east-2' : 'us-west-2').toBe(to);
    expect(healthy(dns({ region: 'us-west-2' }).template, gates)).toBe(true);
  });

  test("the first record: own gate and not the other's, all of them", () => {
    const found = Object.values(checks(dns().template)).map(({ Properties }) => Properties.HealthCheckConfig);
    expect(found).toEqual([
      expect.objectContaining({ Type: 'HTTPS', FullyQualifiedDomainName: SEED_GATE, Inverted: false }),
      expect.objectContaining({ Type: 'HTTPS', FullyQualifiedDomainName: STANDBY_GATE, Inverted: true }),
      expect.objectContaining({ Type: 'CALCULATED', HealthThreshold: 2 }),
    ]);
  });

  test('the last record has no check', () => {
    const { template, built } = dns({ region: 'us-west-2' });
    template.resourceCountIs('AWS::Route53::HealthCheck', 0);
    template.hasResourceProperties('AWS::Route53::RecordSet', {
      Failover: 'SECONDARY',
      SetIdentifier: 'us-west-2',
      HealthCheckId: Match.absent(),
    });
    expect(built.healthCheck).toBeUndefined();
  });

  test('nothing else in DNS moves: no target health, no alarm, no other policy', () => {
    for (const region of CHAIN) {
      const { template } = dns({ region });
      template.allResourcesProperties('AWS::Route53::RecordSet', {
        Type: 'A',
        TTL: Match.absent(),
        Weight: Match.absent(),
        AliasTarget: { EvaluateTargetHealth: false },
      });
      const failing = Object.values(template.findResources('AWS::Route53::RecordSet')).filter(
        ({ Properties }) => Properties.Failover !== undefined || Properties.HealthCheckId !== undefined,
      );
      expect(failing.map(({ Properties }) => Properties.Name)).toEqual(['orders.example.com']);
    }
  });
});

describe('records', () => {
  test('BP-29: one primary and one secondary of the same name and type, each with an identifier', () => {
    const pair = CHAIN.flatMap(region =>
      Object.values(dns({ region }).template.findResources('AWS::Route53::RecordSet')),
    ).filter(({ Properties }) => Properties.Failover !== undefined);
    expect(pair.map(({ Properties }) => Properties.Failover)).toEqual(['PRIMARY', 'SECONDARY']);
    expect(new Set(pair.map(({ Properties }) => `${Properties.Name} ${Properties.Type}`)).size).toBe(1);
    expect(pair.map(({ Properties }) => Properties.SetIdentifier)).toEqual(CHAIN);
  });

  test('the Region and its gate have names of their own', () => {
    const { template, built } = dns();
    template.hasResourceProperties('AWS::Route53::RecordSet', {
      Name: 'us-east-2.orders.example.com',
      AliasTarget: { DNSName: 'balancer.elb.example', HostedZoneId: 'ZBALANCER' },
    });
    template.hasResourceProperties('AWS::Route53::RecordSet', {
      Name: 'gate-us-east-2.orders.example.com',
      AliasTarget: { DNSName: 'gate.api.example', HostedZoneId: 'ZGATE' },
    });
    expect([built.host, built.regionHost, built.gateHost]).toEqual([
      'orders.example.com',
      'us-east-2.orders.example.com',
      'gate-us-east-2.orders.example.com',
    ]);
  });

  test('records and checks outlive their stack', () => {
    const { template } = dns();
    template.allResources('AWS::Route53::RecordSet', { DeletionPolicy: 'RetainExceptOnCreate' });
    template.allResources('AWS::Route53::HealthCheck', { DeletionPolicy: 'RetainExceptOnCreate' });
  });

  test("checks ask over TLS with the gate's name at the interval and threshold given", () => {
    dns({ checkIntervalSeconds: 30, checkFailures: 3 }).template.hasResourceProperties(
      'AWS::Route53::HealthCheck',
      {
        HealthCheckConfig: {
          Type: 'HTTPS',
          Port: 443,
          EnableSNI: true,
          ResourcePath: '/',
          RequestInterval: 30,
          FailureThreshold: 3,
        },
      },
    );
  });

  test('the calculated check has neither interval nor threshold of failures', () => {
    dns().template.hasResourceProperties('AWS::Route53::HealthCheck', {
      HealthCheckConfig: {
        Type: 'CALCULATED',
        RequestInterval: Match.absent(),
        FailureThreshold: Match.absent(),
      },
    });
  });
});

describe('BP-31: the time of a turn', () => {
  test('is checks, the 60 s of an alias and the caches of clients', () => {
    expect(dns().built.turnTime.toSeconds()).toBe(10 * 2 + 60 + 10);
    const slow = dns({ checkIntervalSeconds: 30, checkFailures: 3, clientDnsCache: Duration.minutes(1) });
    expect(slow.built.turnTime.toSeconds()).toBe(30 * 3 + 60 + 60);
  });

  test('fails the synth where it is longer than promised, to the second', () => {
    expect(() => dns({ turnWithin: Duration.seconds(90) })).not.toThrow();
    expect(() => dns({ turnWithin: Duration.seconds(89) })).toThrow(
      /turnWithin: a turn takes 90 s.*received "89 s"; shorten checkIntervalSeconds/,
    );
  });

  test('any legal numbers add up, and only legal ones pass', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(5, 10, 15, 20, 30, 45, 60),
        fc.integer({ min: -1, max: 12 }),
        fc.integer({ min: 0, max: 600 }),
        (checkIntervalSeconds, checkFailures, cache) => {
          const props = { checkIntervalSeconds, checkFailures, clientDnsCache: Duration.seconds(cache) };
          const legal = [10, 30].includes(checkIntervalSeconds) && checkFailures >= 1 && checkFailures <= 10;
          expect(checkRules(props).filter(Boolean).length === 0).toBe(legal);
          expect(turnSeconds(props)).toBe(checkIntervalSeconds * checkFailures + 60 + cache);
        },
      ),
    );
  });

  test('a record offers no TTL of its own: an alias keeps its 60 s', () => {
    dns().template.allResourcesProperties('AWS::Route53::RecordSet', { TTL: Match.absent() });
  });
});

describe('refuses', () => {
  test.each<[string, Partial<FailoverDnsProps>, RegExp]>([
    [
      'BP-30: an interval that Route 53 has not',
      { checkIntervalSeconds: 20 },
      /checkIntervalSeconds.*received 20; use 10 or 30/,
    ],
    ['BP-30: 45 s', { checkIntervalSeconds: 45 }, /checkIntervalSeconds.*received 45/],
    ['BP-30: 11 failures', { checkFailures: 11 }, /checkFailures.*received 11;.*from 1 to 10/],
    ['no failure', { checkFailures: 0 }, /checkFailures.*received 0/],
    ['a zone id that is none', { hostedZoneId: 'example.com' }, /hostedZoneId.*"example\.com"/],
    ['a host in capitals', { host: 'Orders.example.com' }, /host:.*"Orders\.example\.com"/],
    ['a long label', { host: `${'x'.repeat(64)}.example.com` }, /host:/],
    ['a host known only at deploy', { host: Fn.ref('Host') }, /host:.*fixed for life/],
    [
      'a Region not in the chain',
      { region: 'eu-west-1' },
      /region:.*"eu-west-1"; use one of us-east-2, us-west-2/,
    ],
    ['a chain of one', { chain: ['us-east-2'] }, /chain:.*name two to five Regions/],
    [
      'a chain of six',
      { chain: [...CHAIN, 'ca-central-1', 'us-east-1', 'eu-west-1', 'eu-west-2'] },
      /chain:.*5 Regions at most/,
    ],
    ['a Region twice', { chain: ['us-east-2', 'us-east-2'] }, /chain:.*named twice/],
    ['no Region code', { chain: ['us-east-2', 'oregon'] }, /chain\[1\].*"oregon"/],
  ])('%s', (_, props, message) => {
    expect(() => dns(props)).toThrow(message);
  });
});
