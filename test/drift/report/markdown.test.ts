import * as fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import {
  LONGEST_COMMENT,
  LONGEST_SUMMARY,
  markdown,
  markerOf,
  stepSummary,
} from '../../../lib/drift/report/markdown';
import { code, prose } from '../../../lib/drift/report/markdown-escape';
import { reportOf } from '../../../lib/drift/verdict';
import { anyReport, findingWith, HOSTILE, UNPRINTABLE } from './findings';

const github = new MarkdownIt({ html: true, linkify: true });
const OURS = /^\/?(?:h2|h3|p|strong|code|ul|li|details|summary)$/;

/** What GitHub would make of a comment that is not of our own making; nothing when all is well. */
function broken(text: string): string[] {
  const page = github.render(text.replace(/^<!-- holdfast:drift -->\n/, ''));
  const tags = [...page.matchAll(/<(!--|\/?[a-z0-9]+)([^>]*)>/gi)];
  const strange = tags.filter(([, name = '', rest = '']) => !OURS.test(name) || rest.trim() !== '');
  const words = page.replace(/<code>[\s\S]*?<\/code>/g, '').replace(/<[^>]*>/g, '');
  // GitHub makes links of these in what it has rendered, save within code.
  const linked = /@\w|:\/\/|www\.|#\d|GH-\d|\b[0-9a-f]{7,40}\b/i.exec(words.replace(/&#39;/g, "'"))?.[0];
  const open = (name: string) => tags.filter(([, tag]) => tag === name).length;
  return [
    ...strange.map(([tag]) => tag),
    ...(linked === undefined ? [] : [`linked: ${linked}`]),
    ...(open('details') === open('/details') ? [] : ['details are not closed']),
    ...(UNPRINTABLE.test(text) ? ['characters that nobody sees'] : []),
  ];
}

test.each(HOSTILE)('%j breaks out of no part of a comment', text => {
  const parts = { why: text, fix: text, resource: text, stack: text, region: text, path: text, type: text };
  const all = (['danger', 'expected', 'noise', 'unchecked'] as const).map(each =>
    findingWith({ ...parts, rule: text, id: text, class: each }),
  );
  expect(broken(markdown(reportOf(1, all), { whole: text }))).toEqual([]);
});

test('whatever it is given, a comment is whole, within the limit, and says what it leaves out', () => {
  fc.assert(
    fc.property(anyReport, report => {
      const text = markdown(report);
      expect(text.length).toBeLessThanOrEqual(LONGEST_COMMENT);
      expect(text).toBe(markdown(structuredClone(report)));
      expect(text.startsWith(`${markerOf()}\n## Drift: ${report.verdict}\n`)).toBe(true);
      expect(broken(text)).toEqual([]);
      const shown = (text.match(/^- /gm) ?? []).length + report.counts.noise;
      const missing = Number(/for want of room:\*\* ([\d,]+)/.exec(text)?.[1]?.replaceAll(',', '') ?? 0);
      const noise = /^Noise, not listed/m.test(text) ? 0 : report.counts.noise;
      expect(shown - noise + missing).toBe(report.findings.length);
    }),
    { numRuns: process.env.HOLDFAST_PROVE === '1' ? 2_000 : 15 },
  );
});

test('thousands of findings with huge texts stay below the limit, and the dangers are the ones shown', () => {
  const huge = 'x'.repeat(100_000);
  const findings = Array.from({ length: 6_000 }, (_, at) =>
    findingWith({ resource: `R${at}`, class: at % 60 === 0 ? 'danger' : 'change', why: huge, path: huge }),
  );
  const text = markdown(reportOf(6_000, findings));
  expect(text.length).toBeLessThan(65_536);
  expect(text.length).toBeGreaterThan(60_000);
  expect(text).toContain('### Dangerous (100)');
  expect(text).toMatch(/Not shown here, for want of room:\*\* 5,9\d\d findings/);
  const summary = stepSummary(reportOf(6_000, findings));
  expect(summary.length).toBeLessThanOrEqual(LONGEST_SUMMARY);
  expect(summary.length).toBeGreaterThan(250_000);
});

test('the gravest come first, each class by stack and resource; noise is counted', () => {
  const of = (
    name: 'danger' | 'unchecked' | 'change' | 'expected' | 'noise',
    resource: string,
    stack = 'a',
  ) => findingWith({ class: name, resource, stack });
  const text = markdown(
    reportOf(3, [
      of('noise', 'N'),
      of('change', 'C'),
      of('expected', 'E'),
      of('danger', 'Z', 'b'),
      of('danger', 'Y'),
      of('unchecked', 'U'),
      of('danger', 'X', 'b'),
    ]),
  );
  const order = [...text.matchAll(/`([A-Z])`|\*\*Stack\*\* `(\w)`|### (\w+)/g)].map(
    ([, a, b, c]) => a ?? b ?? c,
  );
  expect(order).toEqual([
    'Dangerous',
    'a',
    'Y',
    'b',
    'X',
    'Z',
    'Not',
    'a',
    'U',
    'Changes',
    'a',
    'C',
    'a',
    'E',
  ]);
  expect(text).toContain('Noise, not listed: `some-rule` 1.');
  expect(text).not.toContain('`N`');
});

test('BP-44 what was not checked is said plainly, and is never clean', () => {
  const unchecked = ['A', 'B', 'C', 'D'].map(resource =>
    findingWith({ class: 'unchecked', action: 'none', resource, why: 'NOT_CHECKED' }),
  );
  const text = markdown(reportOf(3, unchecked));
  expect(text).toContain('## Drift: unchecked');
  expect(text).toContain('this is not clean');
  expect(text).toContain('4 not checked, checked 3 of 7 resources');
  expect(text).toContain('### Not checked (4)');
});

test('BP-42 an asset-only difference is a line, a mixed one shows its real part, and a run again gives the same bytes', () => {
  const hash = findingWith({ class: 'noise', rule: 'asset-hash', path: 'Properties.Code.S3Key' });
  const real = findingWith({ class: 'change', rule: 'change', path: 'Properties.Timeout' });
  const only = markdown(reportOf(1, [hash]));
  expect(only).toContain('## Drift: clean');
  expect(only).toContain('`asset-hash` 1');
  const mixed = markdown(reportOf(1, [hash, real]));
  expect(mixed).toContain('`Properties.Timeout`');
  expect(mixed).not.toContain('S3Key');
  expect(markdown(reportOf(1, [real, hash]))).toBe(mixed);
});

test('plain words stay plain, code stays code, and what could be read as more is code', () => {
  expect(prose("the cluster's data is lost (all of it), 3.5 GB")).toBe(
    "the cluster's data is lost (all of it), 3.5 GB",
  );
  expect(prose('set `a b` to x')).toBe('set `a b` to x');
  expect(prose('ask @ann at https://x.example')).toBe('ask `@ann` at `https://x.example`');
  expect(code('a`b')).toBe('``a`b``');
  expect(code('`a`')).toBe('`` `a` ``');
  expect(code('')).toBe('`-`');
});

test('only a plain https address becomes a link to the whole report', () => {
  const end = (whole: string) => markdown(reportOf(0, []), { whole }).split('\n').at(-2);
  expect(end('https://github.com/o/r/actions/runs/7')).toBe(
    'The whole report: <https://github.com/o/r/actions/runs/7>.',
  );
  expect(end('https://x.example/?a=<b>')).toBe('The whole report: `https://x.example/?a=<b>`.');
});
