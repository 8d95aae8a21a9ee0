import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { createProgram } from '../../lib/cli/program';
import { contextAt } from './cli-context';
import { ROOT } from './sources';

/** Words of a command line; quoted ones and placeholders such as `<key id>` are one word. */
export const wordsOf = (line: string): readonly string[] =>
  (line.match(/'[^']*'|\S*<[^>]*>\S*|\S+/g) ?? []).map(word => word.replace(/^'|'$/g, ''));

/** What is wrong with a command that a person is told to type; nothing when it can be typed. */
export function wrongWith(line: string): string | undefined {
  const words = wordsOf(line);
  if (words[0] === 'npx' && words[1] === 'holdfast') return wrongWithOurs(words.slice(2));
  if (words[0] === 'npx' && words[1] === 'cdk')
    return words[2] === 'deploy' && words.length === 4
      ? undefined
      : 'only cdk deploy of one pattern is known';
  if (words[0] === 'aws') return wrongWithAws(words.slice(1));
  return `${words[0]} is no program of ours, the CDK or AWS`;
}

function wrongWithOurs(words: readonly string[]): string | undefined {
  let command: Command = createProgram(contextAt(ROOT));
  let rest = [...words];
  for (;;) {
    const next = command.commands.find(sub => sub.name() === rest[0]);
    if (next === undefined) break;
    command = next;
    rest = rest.slice(1);
  }
  if (command.commands.length > 0) return `${rest[0] ?? 'nothing'} is no command of ${command.name()}`;
  const known = [
    ...command.options,
    ...(command.parent?.options ?? []),
    ...createProgram(contextAt(ROOT)).options,
  ];
  const given = new Set<string>();
  let values = 0;
  for (let index = 0; index < rest.length; index += 1) {
    const word = rest[index] ?? '';
    if (!word.startsWith('--')) {
      values += 1;
      continue;
    }
    const option = known.find(({ long }) => long === word);
    if (word === '--help') return undefined;
    if (option === undefined) return `${command.name()} has no ${word}`;
    given.add(word);
    if (!option.required && !option.optional) continue;
    index += 1;
    const value = rest[index];
    if (value === undefined) return `${word} wants a value`;
    if (option.argChoices !== undefined && !option.argChoices.includes(value))
      return `${word} cannot be ${value}`;
  }
  const lacking = command.options.find(
    ({ mandatory, long, defaultValue }) => mandatory && defaultValue === undefined && !given.has(long ?? ''),
  );
  if (lacking !== undefined) return `${command.name()} wants ${lacking.long}`;
  const { registeredArguments } = command;
  if (values < registeredArguments.filter(({ required }) => required).length) return 'an argument is missing';
  const most = registeredArguments.some(({ variadic }) => variadic) ? Infinity : registeredArguments.length;
  return values > most ? 'an argument too many' : undefined;
}

/** Services whose client's package is named otherwise than their command. */
const CLIENTS: Readonly<Record<string, string>> = {
  secretsmanager: 'secrets-manager',
  autoscaling: 'auto-scaling',
  elbv2: 'elastic-load-balancing-v2',
};
const pascal = (text: string): string =>
  text
    .split('-')
    .map(part => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');

/** Against the documentation of the SDK's own command, which lists every member of its input. */
function wrongWithAws([service = '', operation = '', ...rest]: readonly string[]): string | undefined {
  const client = `client-${CLIENTS[service] ?? service}`;
  const folder = path.join(ROOT, 'node_modules/@aws-sdk', client, 'dist-types/commands');
  if (!existsSync(folder)) return `no SDK client of ${service} to check it by`;
  const name = pascal(operation).replace(/Db/g, 'DB');
  const file = [name, pascal(operation)]
    .map(each => path.join(folder, `${each}Command.d.ts`))
    .find(existsSync);
  if (file === undefined) return `${service} has no ${operation}`;
  const input = (readFileSync(file, 'utf8').split('const command =')[0] ?? '').toLowerCase();
  for (const word of rest.filter(each => each.startsWith('--'))) {
    if (word === '--region') continue;
    const member = word.replace(/^--(no-)?/, '').replaceAll('-', '');
    if (!new RegExp(`\\* +${member}:`, 'i').test(input)) return `${operation} has no ${word}`;
  }
  return undefined;
}
