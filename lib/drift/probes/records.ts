import { isObject, type JsonObject, own, textOf } from '../compare/values';
import type { Json, ResourceChange } from '../model';
import { canonical } from '../paths';
import { dnsName } from '../rules/noise/dns-echo';
import type { Declared } from './live-stack';
import { changeOf, compared, type Looked, type Probe, type ProbeContext, uncheckedOf } from './probe';
import { isTold } from './resolve';

/** What a record says, and so what is looked at whether it is declared or not. */
const SAYS = [
  ...['AliasTarget', 'ResourceRecords', 'TTL', 'Failover', 'HealthCheckId', 'Weight', 'Region'],
  ...['GeoLocation', 'MultiValueAnswer', 'CidrRoutingConfig'],
] as const;
/** What finds a record. */
const KEY = ['HostedZoneId', 'Name', 'Type', 'SetIdentifier'] as const;

/** Records, by what Route 53 itself has of their name. */
export const records: Probe = {
  types: ['AWS::Route53::RecordSet'],
  async look(declared, context) {
    const { properties } = declared;
    const unknown = KEY.filter(name => !isTold(own(properties, name)));
    const zone = own(properties, 'HostedZoneId');
    if (unknown.length > 0 || typeof zone !== 'string') {
      const what = unknown.length > 0 ? unknown.join(', ') : 'HostedZoneId';
      const why = `${what} of the record cannot be told from the template, so it could not be found`;
      return { changes: [], unchecked: [uncheckedOf(declared, { why, fix: 'write it into the template' })] };
    }
    const [name, type] = [textOf(own(properties, 'Name')), textOf(own(properties, 'Type'))];
    const live = await context.live.records(declared.region, zone, name, type);
    const ours = live.find(
      each => canonical(own(each, 'SetIdentifier')) === canonical(own(properties, 'SetIdentifier')),
    );
    const expected = Object.fromEntries(SAYS.map(each => [each, formOf(properties, each)]));
    const now = isObject(ours) ? Object.fromEntries(SAYS.map(each => [each, formOf(ours, each)])) : undefined;
    const found = compared(declared, expected, now && withoutNothing(now));
    return withStrays(found, declared, live, context);
  },
};

/** A part of a record in one form: names as resolvers compare them, values without order, off where nothing is said. */
function formOf(record: JsonObject, name: (typeof SAYS)[number]): Json | undefined {
  const value = own(record, name);
  if (name === 'ResourceRecords' && Array.isArray(value)) {
    return (value as readonly Json[]).map(textOf).sort();
  }
  if (name === 'AliasTarget' && isObject(value)) {
    const target = own(value, 'DNSName');
    const named = typeof target === 'string' ? { ...value, DNSName: dnsName(target) } : value;
    return { EvaluateTargetHealth: false, ...named };
  }
  return name === 'MultiValueAnswer' && value === false ? undefined : value;
}

const withoutNothing = (value: Readonly<Record<string, Json | undefined>>): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as JsonObject;

/** Records of the same name and type that no stack of the run declares: told once, and only when all were read. */
function withStrays(found: Looked, declared: Declared, live: readonly Json[], context: ProbeContext): Looked {
  if (!context.isWhole) return found;
  const family = context.stacks
    .flatMap(({ resources }) => resources)
    .filter(each => each.type === declared.type && keyOf(each) === keyOf(declared));
  if (family[0] !== declared) return found;
  const known = family.map(({ properties }) => canonical(own(properties, 'SetIdentifier')));
  const strays = live.filter(each => !known.includes(canonical(own(each, 'SetIdentifier'))));
  return { ...found, changes: [...found.changes, ...strays.map(each => strayOf(declared, each))] };
}

const keyOf = ({ properties }: Declared): string =>
  [
    textOf(own(properties, 'HostedZoneId')),
    dnsName(textOf(own(properties, 'Name'))),
    textOf(own(properties, 'Type')),
  ].join(' ');

function strayOf({ region, stack, type }: Declared, record: Json): ResourceChange {
  const set = own(record, 'SetIdentifier');
  const resource = [own(record, 'Name'), own(record, 'Type'), ...(set === undefined ? [] : [set])]
    .map(textOf)
    .join(' ');
  return changeOf({ region, stack, resource, type }, undefined, { Properties: record }, []);
}
