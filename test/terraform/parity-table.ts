import { MAPPINGS } from '../../lib/terraform/mapping';
import type { Rule, Rules } from '../../lib/terraform/rule';

/** Where each property goes, as the tables of the translation say it: for `docs/terraform-parity.md`. */
export function parityTable(): string {
  return Object.entries(MAPPINGS)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([type, { type: target, properties }]) =>
      [
        `### ${type}: ${target}`,
        '',
        '| Property | In Terraform |',
        '| --- | --- |',
        ...rowsOf(properties, '', ''),
        '',
      ].join('\n'),
    )
    .join('\n');
}

function rowsOf(rules: Rules, from: string, to: string): readonly string[] {
  return Object.entries(rules)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([name, rule]) => rowOf(rule, from === '' ? name : `${from}.${name}`, to));
}

function rowOf(rule: Rule, from: string, to: string): readonly string[] {
  const at = (argument: string) => [to, argument].filter(part => part !== '').join('.');
  if (typeof rule === 'string') return [row(from, `\`${at(rule)}\``)];
  if ('left' in rule)
    return [
      row(from, rule.left === '' ? 'a resource beside it, or other arguments' : `left out: ${rule.left}`),
    ];
  if ('convert' in rule) return [row(from, `\`${at(rule.argument)}\`, in its form`)];
  if ('split' in rule)
    return [row(from, `${to === '' ? 'arguments' : `arguments of \`${to}\``}, in their form`)];
  return rowsOf(rule.rules, from, rule.argument === '' ? to : at(rule.argument));
}

const row = (from: string, to: string): string => `| \`${from}\` | ${to} |`;
