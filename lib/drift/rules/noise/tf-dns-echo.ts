import type { DriftRule } from '../../classify/rule';
import { nameOf } from '../../paths';
import { isTerraform } from '../tf-values';
import { atPaths } from '../values';
import { dnsName } from './dns-echo';

const NAMES = new Set(['name', 'fqdn']);

/** Route 53 answers with names in its own form. */
export const tfDnsEcho: DriftRule = {
  id: 'tf-dns-echo',
  class: 'noise',
  title: 'a name came back in the form in which Route 53 keeps it',
  why: 'Route 53 writes `*` as `\\052`, lower-cases names and ends them with a dot; they are the same names',
  fix: 'nothing',
  source: 'go-to-k/cdk-real-drift#465; Route 53, DNS domain name format',
  types: ['aws_route53_*'],
  judge: change =>
    isTerraform(change)
      ? atPaths(
          change.differences.filter(
            ({ path, before, after }) =>
              NAMES.has(nameOf(path)) &&
              typeof before === 'string' &&
              typeof after === 'string' &&
              dnsName(before) === dnsName(after),
          ),
        )
      : undefined,
};
