import { printable } from './text';

/** A value as a Markdown code span: no markup, mention, link or entity within it is read. */
export function code(text: string, longest = 200): string {
  const line = printable(text, longest);
  if (line === '') return '`-`';
  const runs = [...line.matchAll(/`+/g)].map(([run]) => run.length);
  const fence = '`'.repeat(Math.max(0, ...runs) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

// Letters and digits with the marks of plain prose between and after them: nothing here can begin markup.
const PLAIN = /^["'(]*[\p{L}\p{N}](?:[\p{L}\p{N}.,'/%+=()"-]*[\p{L}\p{N}%)"'])?[.,;:!?)"']*$/u;
// Plain to the eye, and made into a link by GitHub: addresses, commits, issues.
const LINKED = /^["'(]*(?:www\.|GH-\d)|[0-9a-f]{7}/i;
const MARKS = /^[-=+/,;:.]$/;

/**
 * Prose as Markdown. What stands between backticks becomes a code span, and so does each word that could be read as
 * markup, mention or link.
 */
export function prose(text: string, longest = 600): string {
  return printable(text, longest)
    .split(/`([^`]+)`/)
    .flatMap((part, at) => (at % 2 === 1 ? [code(part, longest)] : words(part)))
    .filter(part => part !== '')
    .reduce((text, part) => text + (touching(text, part) ? ' ' : '') + part, '');
}

/** Two code spans side by side would make one run of backticks, and another span than either. */
const touching = (text: string, next: string): boolean => text.endsWith('`') && next.startsWith('`');

const words = (text: string): string[] => text.split(/( +)/).map(word => (isPlain(word) ? word : code(word)));

const isPlain = (word: string): boolean =>
  /^ *$/.test(word) || MARKS.test(word) || (PLAIN.test(word) && !LINKED.test(word));
