import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CLASSES } from '../../lib/drift/model';
import { DRIFT_RULES } from '../../lib/drift/rules';
import { ROOT } from '../helpers/sources';

const DOCUMENT = path.join(ROOT, 'docs', 'drift-rules.md');

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const source = (text: string): string => text.replaceAll(/https?:\/\/[^\s,;)]+/g, url => `<${url}>`);

/** The guide of the rules as their own words make it. */
function guide(): string {
  const parts = CLASSES.map(name => ({ name, rules: DRIFT_RULES.filter(each => each.class === name) }));
  const tables = parts
    .filter(({ rules }) => rules.length > 0)
    .map(({ name, rules }) => {
      const rows = rules.map(
        each =>
          `| \`${each.id}\` | ${cell(each.title)} | ${cell(each.why)} | ${cell(each.fix)} | ${cell(source(each.source))} |`,
      );
      return `## ${name}\n\n| Rule | Title | Why | Fix | Source |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}\n`;
    });
  return [
    '# Rules of the drift bot\n',
    'Made from the rules themselves (`HOLDFAST_WRITE_DOCS=1 npx jest test/drift/rules-doc.test.ts --selectProjects unit`',
    'writes it). `noise` and `expected` explain differences away; the others add to what is left, and what no rule speaks of',
    'is a change. [The guide](drift.md) says how they are used, ignored and added to.\n',
    ...tables,
  ].join('\n');
}

test('docs/drift-rules.md lists every rule in its own words', () => {
  if (process.env.HOLDFAST_WRITE_DOCS !== undefined) writeFileSync(DOCUMENT, guide());
  expect(readFileSync(DOCUMENT, 'utf8')).toBe(guide());
});

test('every rule has a name of its own, and says why, what to do and what it stands on', () => {
  expect(new Set(DRIFT_RULES.map(({ id }) => id)).size).toBe(DRIFT_RULES.length);
  const silent = DRIFT_RULES.filter(({ title, why, fix, source: from }) =>
    [title, why, fix, from].some(text => text.trim().length < 5),
  );
  expect(silent.map(({ id }) => id)).toEqual([]);
});
