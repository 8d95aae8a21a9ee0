import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { FailoverDns } from '../../../constructs/traffic/failover-dns';
import {
  type RoutingWorld,
  type RoutingZone,
  routingAnswer,
} from '../../../constructs/traffic/routing-answer';
import { type RoutingTemplate, routingZoneOf } from '../../../constructs/traffic/routing-template';
import { EndpointStatus, evaluate } from '../../../lib/lab/checks/status';
import type { HealthCheck } from '../../../lib/lab/checks/types';
import { resolve } from '../../../lib/lab/dns/resolve';
import type { DnsWorld, RecordSet } from '../../../lib/lab/dns/types';
import { gateHost } from '../../../lib/naming';

const REGIONS = ['us-east-2', 'us-west-2', 'ca-central-1', 'eu-west-1', 'ap-northeast-1'];
const HOST = 'orders.example.com';
const CHAINS = [2, 3, 4, 5].map(length => REGIONS.slice(0, length));

/** The Regions' own templates, synthesized apart as they are deployed apart. */
function templatesOf(chain: readonly string[]): Record<string, RoutingTemplate> {
  return Object.fromEntries(
    chain.map(region => {
      const stack = new Stack(new App(), 'Dns', { env: { account: '000000000000', region } });
      new FailoverDns(stack, 'Dns', {
        region,
        chain,
        host: HOST,
        hostedZoneId: 'Z0000000000ORDERS000',
        service: { dnsName: `balancer.${region}.test`, hostedZoneId: 'ZBALANCER' },
        gate: { dnsName: `gate.${region}.test`, hostedZoneId: 'ZGATE' },
      });
      return [region, Template.fromStack(stack).toJSON() as RoutingTemplate];
    }),
  );
}

const zones = new Map(CHAINS.map(chain => [chain.length, routingZoneOf(templatesOf(chain))]));
const zoneOf = (chain: readonly string[]) => zones.get(chain.length) as RoutingZone;

/** The Regions whose gates answer 200. */
const worldOf = (open: readonly string[]): RoutingWorld => ({
  endpointAnswers: host => open.some(region => gateHost(region, HOST) === host),
});

/** Region that clients reach, by the model. */
function answered(chain: readonly string[], open: readonly string[]): string | undefined {
  const target = routingAnswer(zoneOf(chain), HOST, worldOf(open));
  return chain.find(region => target === `balancer.${region}.test`);
}

/** Region that clients reach, by the lab's own DNS server and checker, which share no code with the model. */
function resolved(chain: readonly string[], open: readonly string[]): string | undefined {
  const zone = zoneOf(chain);
  const records = zone.records.map<RecordSet>(record => ({
    name: record.name,
    type: record.type,
    alias: { name: record.target, evaluateTargetHealth: record.evaluateTargetHealth },
    failover: record.failover,
    setIdentifier: record.setIdentifier,
    healthCheckId: record.healthCheckId,
  }));
  const world: DnsWorld = {
    timeScale: 1,
    checkIsHealthy: labChecks(zone, open),
    resourceAddresses: name => [`10.0.0.${chain.findIndex(region => name === `balancer.${region}.test`)}`],
  };
  const { answers } = resolve([{ name: 'example.com', records }], { name: HOST, type: 'A' }, world);
  const [first] = answers as readonly { readonly data?: unknown }[];
  return chain[Number(String(first?.data).split('.').at(-1))];
}

function labChecks({ checks }: RoutingZone, open: readonly string[]): (id: string) => boolean {
  const endpoints = new Map<string, EndpointStatus>();
  const known = checks.map<[string, HealthCheck]>(({ id, subject, inverted, disabled }) => {
    const status = new EndpointStatus();
    const host = subject.kind === 'endpoint' ? subject.host : '';
    status.note(
      open.some(region => gateHost(region, HOST) === host),
      1,
    );
    endpoints.set(id, status);
    const calculated = subject.kind === 'calculated';
    const children = calculated ? subject.children : [];
    const healthThreshold = calculated ? subject.threshold : 0;
    const type = calculated ? 'CALCULATED' : 'HTTPS';
    return [
      id,
      { id, type, interval: 10, failureThreshold: 1, inverted, disabled, children, healthThreshold },
    ];
  });
  return id => evaluate(id, new Map(known), endpoints);
}

const subsets = (names: readonly string[]): string[][] =>
  Array.from({ length: 2 ** names.length }, (_, bits) => names.filter((_name, index) => (bits >> index) & 1));

describe.each(CHAINS.map(chain => ({ chain, length: chain.length })))(
  'truth table of $length Regions',
  ({ chain }) => {
    const last = chain.at(-1);

    test.each(chain)('the register names %s: it is answered, whatever other gates are dead', active => {
      // A dead gate answers nobody, which is what a gate that says "not active" amounts to.
      expect(answered(chain, [active])).toBe(active);
    });

    test('the active gate dead, or none reachable: the last of the chain, which has no check', () => {
      expect(answered(chain, [])).toBe(last);
    });

    test('a stale gate beside the active one: the later of the two, and never a third Region', () => {
      for (const stale of chain) {
        for (const active of chain.filter(region => region !== stale)) {
          const later = chain.indexOf(stale) > chain.indexOf(active) ? stale : active;
          expect(answered(chain, [stale, active])).toBe(later);
        }
      }
    });

    test('every combination of gates: one Region is answered, and one that claims it where any does', () => {
      for (const open of subsets(chain)) {
        const target = answered(chain, open);
        expect(target).toBe(open.length === 0 ? last : chain.findLast(region => open.includes(region)));
        expect(resolved(chain, open)).toBe(target);
      }
    });

    test('nothing but a gate is asked: the death of a service, or of all of them, turns nothing (BP-32)', () => {
      const asked = new Set<string>();
      const zone = zoneOf(chain);
      routingAnswer(zone, HOST, {
        endpointAnswers: host => {
          asked.add(host);
          return false;
        },
      });
      const hosts = zone.checks.flatMap(({ subject }) => (subject.kind === 'endpoint' ? [subject.host] : []));
      expect(new Set(hosts)).toEqual(new Set(chain.map(region => gateHost(region, HOST))));
      expect([...asked].every(host => hosts.includes(host))).toBe(true);
      expect(zone.records.some(({ evaluateTargetHealth }) => evaluateTargetHealth)).toBe(false);
    });

    test('BP-29: each name of the chain has one primary with a signal and one secondary, each identified', () => {
      const names = new Map<string, RoutingZone['records']>();
      for (const record of zoneOf(chain).records.filter(({ failover }) => failover !== undefined)) {
        names.set(record.name, [...(names.get(record.name) ?? []), record]);
      }
      expect(names.size).toBe(chain.length - 1);
      for (const pair of names.values()) {
        expect(pair.map(({ failover }) => failover).sort()).toEqual(['PRIMARY', 'SECONDARY']);
        expect(new Set(pair.map(({ setIdentifier }) => setIdentifier)).size).toBe(2);
        expect(new Set(pair.map(({ type }) => type))).toEqual(new Set(['A']));
        expect(pair.find(({ failover }) => failover === 'PRIMARY')?.healthCheckId).toBeDefined();
      }
    });
  },
);

test('names lead to names that exist, and no stack refers to another (law 3)', () => {
  for (const chain of CHAINS) {
    for (const [region, template] of Object.entries(templatesOf(chain))) {
      const { records } = routingZoneOf({ [region]: template });
      const inZone = records.filter(({ target }) => target.endsWith(HOST)).map(({ target }) => target);
      expect(inZone.every(target => records.some(({ name }) => name === target))).toBe(true);
      expect(JSON.stringify(template)).not.toContain('Fn::ImportValue');
    }
  }
});

test('a level exists before a name leads to it: Route 53 refuses an alias to nothing', () => {
  for (const chain of CHAINS) {
    for (const region of chain.slice(1, -1)) {
      const resources = Object.entries(templatesOf(chain)[region]?.Resources ?? {});
      const find = (failover: string) =>
        resources.find(([, { Properties }]) => (Properties as { Failover?: string }).Failover === failover);
      expect(find('SECONDARY')?.[1]).toMatchObject({ DependsOn: [find('PRIMARY')?.[0]] });
    }
  }
});

test('a Region added at the end renames nothing, replaces nothing and takes nothing away', () => {
  for (const [index, chain] of CHAINS.slice(0, -1).entries()) {
    const before = templatesOf(chain);
    const after = templatesOf(CHAINS[index + 1] as readonly string[]);
    for (const region of chain) {
      const grown = after[region]?.Resources ?? {};
      for (const [id, resource] of Object.entries(before[region]?.Resources ?? {})) {
        const identity = ({ Properties }: { Properties?: unknown }) => {
          const { Name, SetIdentifier, Failover, Type } = Properties as Record<string, unknown>;
          return { Name, SetIdentifier, Failover, Type };
        };
        expect(identity(grown[id] ?? {})).toEqual(identity(resource));
      }
    }
  }
});
