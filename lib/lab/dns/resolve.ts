import type { Answer, Question, RecordType, SoaAnswer } from 'dns-packet';
import { recordData } from './record-data';
import { choose } from './route';
import { type DnsWorld, normalName, type RecordSet, type Zone } from './types';

/** Seconds that resolvers keep the alias of a load balancer; AWS offers no other. */
const ALIAS_TTL = 60;
/** Longest chain of aliases and CNAMEs that is followed. */
const DEEPEST = 8;

/** What to answer. */
export interface Resolution {
  readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED';
  readonly answers: readonly Answer[];
  /** The zone's SOA where the answer is empty. */
  readonly authorities: readonly Answer[];
}

const empty = (rcode: Resolution['rcode'], authorities: readonly Answer[] = []): Resolution => ({
  rcode,
  answers: [],
  authorities,
});

/** Answers one question from the zones, as their authoritative server. */
export function resolve(zones: readonly Zone[], question: Question, world: DnsWorld): Resolution {
  const name = normalName(question.name);
  const zone = zoneOf(zones, name);
  if (zone === undefined || (question.class ?? 'IN') !== 'IN') return empty('REFUSED');
  return follow({ zone, question, world }, name, []);
}

interface Asked {
  readonly zone: Zone;
  readonly question: Question;
  readonly world: DnsWorld;
}

/** Follows CNAMEs inside the zone, then answers with the records of the name that they lead to. */
function follow(asked: Asked, name: string, before: readonly Answer[]): Resolution {
  const { zone, question, world } = asked;
  const here = zone.records.filter(record => record.name === name);
  const names = here.filter(record => record.type === 'CNAME');
  const redirected = names.length > 0 && question.type !== 'CNAME' && before.length < DEEPEST;
  const candidates = redirected ? names : here.filter(record => record.type === question.type);
  if (candidates.length === 0) {
    const exists = zone.records.some(record => record.name === name || record.name.endsWith(`.${name}`));
    return { ...empty(exists ? 'NOERROR' : 'NXDOMAIN', [soa(zone, world)]), answers: before };
  }
  const chosen = choose(candidates, zone, world);
  if (chosen === undefined) return empty('SERVFAIL');
  const answers = [...before, ...answersOf(chosen, asked, before.length === 0 ? question.name : name)];
  const target = normalName(redirected ? (chosen.values?.[0] ?? '') : '');
  if (redirected && zoneOf([zone], target) !== undefined) return follow(asked, target, answers);
  return { rcode: 'NOERROR', answers, authorities: answers.length === 0 ? [soa(zone, world)] : [] };
}

/** The answers of one record under the name of its owner, an alias followed to its values. */
function answersOf(record: RecordSet, asked: Asked, owner: string, depth = 0): Answer[] {
  const { zone, world } = asked;
  if (record.alias === undefined) {
    return (record.values ?? []).flatMap(value => {
      const data = recordData(record.type, value);
      return data === undefined ? [] : [answer(owner, record.type, scaled(record.ttl ?? 0, world), data)];
    });
  }
  const target = record.alias.name;
  const inside = zone.records.filter(other => other.name === target && other.type === record.type);
  const next = inside.length === 0 || depth >= DEEPEST ? undefined : choose(inside, zone, world);
  if (next !== undefined) return answersOf(next, asked, owner, depth + 1);
  if (record.type !== 'A') return [];
  const addresses = world.resourceAddresses(target) ?? [];
  return addresses.map(address => answer(owner, 'A', scaled(ALIAS_TTL, world), address));
}

function answer(name: string, type: string, ttl: number, data: unknown): Answer {
  return { name, type: type as RecordType, class: 'IN', ttl, data } as Answer;
}

/** A TTL on the wire is a whole number of seconds: at least one, and none only where none was meant. */
function scaled(seconds: number, world: DnsWorld): number {
  return seconds === 0 ? 0 : Math.max(1, Math.round(seconds / world.timeScale));
}

function soa(zone: Zone, world: DnsWorld): SoaAnswer {
  const record = zone.records.find(candidate => candidate.name === zone.name && candidate.type === 'SOA');
  const [mname = `ns.${zone.name}`, rname = `hostmaster.${zone.name}`, ...numbers] =
    record?.values?.[0]?.split(/\s+/) ?? [];
  const [serial = 1, refresh = 7200, retry = 900, expire = 1_209_600, minimum = 60] = numbers.map(Number);
  const negative = scaled(Math.min(record?.ttl ?? 900, minimum), world);
  return {
    name: zone.name,
    type: 'SOA',
    class: 'IN',
    ttl: negative,
    data: { mname, rname, serial, refresh, retry, expire, minimum: negative },
  };
}

/** The most specific zone that holds a name. */
function zoneOf(zones: readonly Zone[], name: string): Zone | undefined {
  return zones
    .filter(zone => name === zone.name || name.endsWith(`.${zone.name}`))
    .sort((a, b) => b.name.length - a.name.length)[0];
}
