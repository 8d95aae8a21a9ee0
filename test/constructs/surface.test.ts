// The public surface of the building blocks, read as a person reads it: each has documented properties and is refused something.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Construct } from 'constructs';
import * as constructs from '../../constructs';
import { importsOf, ROOT, sources } from '../helpers/sources';

const BLOCKS = Object.entries<unknown>(constructs)
  .filter(([, value]) => typeof value === 'function' && value.prototype instanceof Construct)
  .map(([name]) => name);
const INDEX = readFileSync(path.join(ROOT, 'constructs/index.ts'), 'utf8');
const EXPORTED = new Set(
  [...INDEX.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, names = '']) =>
    names.split(',').map(name => name.trim().replace(/^type /, '')),
  ),
);
/** Blocks that a method of another block makes. */
const MADE_BY: Readonly<Record<string, string>> = { AnalyticsFeed: 'addAnalytics' };
const CODE = sources('constructs');
const TESTS = sources('test');

/** What is passed to a block: an interface with its own doc comment, and its members with theirs. */
interface Declared {
  readonly name: string;
  readonly file: string;
  readonly doc: string;
  readonly members: readonly { readonly name: string; readonly optional: boolean; readonly doc: string }[];
}

const DOC = String.raw`((?:\/\*\*(?:[^*]|\*(?!\/))*\*\/\s*)?)`;
const INTERFACES = CODE.flatMap(({ file, text }): Declared[] =>
  [...text.matchAll(new RegExp(`${DOC}export interface (\\w+)[^{]*\\{\\n([\\s\\S]*?)^\\}`, 'gm'))].map(
    ([, doc = '', name = '', body = '']) => ({
      name,
      file,
      doc,
      members: [...body.matchAll(new RegExp(`${DOC}^  readonly (\\w+)(\\??): (?!never)`, 'gm'))].map(
        ([, of = '', member = '', mark]) => ({ name: member, optional: mark === '?', doc: of }),
      ),
    }),
  ),
).filter(({ name }) => EXPORTED.has(name) && /(?:Props|Options)$/.test(name));

test('there is something to look at', () => {
  expect(BLOCKS.length).toBeGreaterThan(30);
  expect(INTERFACES.length).toBeGreaterThan(50);
  expect(INTERFACES.flatMap(({ members }) => members).length).toBeGreaterThan(200);
});

test('each block exports its properties by its own name', () => {
  expect(BLOCKS.filter(name => !EXPORTED.has(`${name}Props`))).toEqual([]);
});

test('all properties and options, and each member of them, have a doc comment', () => {
  expect(INTERFACES.filter(({ doc }) => doc === '').map(({ name }) => name)).toEqual([]);
  // A bare `@default` says what holds without it, and not what it is.
  expect(membersThat(({ doc }) => !/^\s*\/?\*\*?\s+(?!@)\S/m.test(doc))).toEqual([]);
});

test('each optional member says what holds without it', () => {
  expect(membersThat(({ doc, optional }) => optional && !doc.includes('@default'))).toEqual([]);
});

test('each block is refused a wrong one by a test', () => {
  const refused = (name: string) =>
    TESTS.some(
      source =>
        source.text.includes('toThrow') &&
        new RegExp(`\\b${MADE_BY[name] ?? name}\\b`).test(source.text) &&
        importsOf(source).some(from => from === 'constructs' || from.startsWith('constructs/')),
    );
  expect(BLOCKS.filter(name => !refused(name))).toEqual([]);
});

const membersThat = (holds: (member: Declared['members'][number]) => boolean): readonly string[] =>
  INTERFACES.flatMap(({ name, members }) => members.filter(holds).map(member => `${name}.${member.name}`));
