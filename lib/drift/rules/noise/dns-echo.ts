import type { DriftRule } from '../../classify/rule';
import { textOf } from '../../compare/values';
import type { Difference, Json } from '../../model';
import { nameOf } from '../../paths';
import { atPaths, isLive } from '../values';

const NAMES = new Set(['Name', 'DNSName', 'HostedZoneName', 'FullyQualifiedDomainName']);

/** A name as resolvers compare it: octal escapes resolved, lower case, without the last dot. */
export const dnsName = (name: string): string =>
  name
    .replaceAll(/\\([0-3][0-7]{2})/g, (_all, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 8)),
    )
    .toLowerCase()
    .replace(/\.$/, '');

function sameName(before: Json | undefined, after: Json | undefined): boolean {
  return typeof before === 'string' && typeof after === 'string' && dnsName(before) === dnsName(after);
}

function sameZone(before: Json | undefined, after: Json | undefined): boolean {
  const idOf = (value: Json | undefined) => textOf(value).replace(/^\/?hostedzone\//, '');
  return typeof before === 'string' && typeof after === 'string' && idOf(before) === idOf(after);
}

function isEcho({ path, before, after }: Difference): boolean {
  const name = nameOf(path);
  return (NAMES.has(name) && sameName(before, after)) || (name === 'HostedZoneId' && sameZone(before, after));
}

/** Route 53 answers with names in its own form. */
export const dnsEcho: DriftRule = {
  id: 'dns-echo',
  class: 'noise',
  title: 'a name came back in the form in which Route 53 keeps it',
  why: 'Route 53 writes `*` as `\\052`, lower-cases names and ends them with a dot; they are the same names',
  fix: 'nothing',
  source: 'go-to-k/cdk-real-drift#465; Route 53, DNS domain name format',
  types: ['AWS::Route53::*'],
  explainsReplacement: true,
  // A template with the other form is text that CloudFormation compares as text: there it does replace the record.
  judge: change =>
    atPaths(
      change.differences.filter(
        difference => isEcho(difference) && (isLive(change) || (difference.replaces ?? 'no') === 'no'),
      ),
    ),
};
