import { readFileSync } from 'node:fs';
import type { Comparison, Json, ResourceChange } from '../../../lib/drift/model';
import { comparePlan } from '../../../lib/drift/terraform/compare-plan';

export const FIXTURES = 'test/fixtures/terraform-plans';

/** A plan that Terraform 1.11.4 wrote. */
export const fixture = (name: string): Json => JSON.parse(readFileSync(`${FIXTURES}/${name}.json`, 'utf8'));

export interface Entry {
  readonly address?: string;
  readonly type?: string;
  readonly mode?: string;
  readonly deposed?: string;
  readonly previous_address?: string;
  readonly action_reason?: string;
  readonly change: { readonly [key: string]: unknown };
}

/** An entry of `resource_changes`; its type is in its address. */
export function entry(address: string, change: Entry['change'], more: Partial<Entry> = {}): Entry {
  const type = /(?:^|\.)(aws_\w+|terraform_data)\./.exec(address)?.[1] ?? '-';
  const full = { before: {}, after: {}, after_unknown: {}, before_sensitive: {}, after_sensitive: {} };
  return { address, mode: 'managed', type, change: { ...full, ...change }, ...more };
}

/** A plan by hand, in the form of `terraform show -json`. */
export const planOf = (entries: readonly Entry[], more: object = {}): Json =>
  JSON.parse(
    JSON.stringify({
      format_version: '1.2',
      complete: true,
      errored: false,
      resource_changes: entries,
      ...more,
    }),
  );

export const compared = (plan: Json): Comparison => comparePlan(plan, { stack: 'plan' });

export const lines = (changes: readonly ResourceChange[]): readonly string[] =>
  changes.map(
    ({ resource, action, differences }) =>
      `${resource}: ${action}${differences.length === 0 ? '' : ` ${differences.map(d => d.path).join(' ')}`}`,
  );
