import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Schema, Validator } from '@cfworker/json-schema';
import * as fc from 'fast-check';
import type { DriftReport } from '../../../lib/drift/model';
import { FORMATS, formatReport } from '../../../lib/drift/report/format';
import { html } from '../../../lib/drift/report/html';
import { json } from '../../../lib/drift/report/json';
import { junit } from '../../../lib/drift/report/junit';
import { MOST_RESULTS, sarif } from '../../../lib/drift/report/sarif';
import { terminal } from '../../../lib/drift/report/terminal';
import { printable } from '../../../lib/drift/report/text';
import { DRIFT_RULES } from '../../../lib/drift/rules';
import { reportOf } from '../../../lib/drift/verdict';
import { ROOT } from '../../helpers/sources';
import { elementsOf } from '../../helpers/xml';
import { anyReport, findingWith, HOSTILE, UNPRINTABLE } from './findings';

const RUNS = { numRuns: process.env.HOLDFAST_PROVE === '1' ? 1_000 : 6 };
const SARIF = { rules: DRIFT_RULES, toolVersion: '1.2.3' };

const read = (file: string): Schema => JSON.parse(readFileSync(file, 'utf8')) as Schema;
const ours = new Validator(read(path.join(ROOT, 'docs/schemas/drift-report.schema.json')), '2020-12');
// The official schema, as the authors of the format ship it.
const official = new Validator(
  read(path.join(ROOT, 'node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json')),
  '4',
);

const report = reportOf(7, [
  findingWith(),
  findingWith({ class: 'change', rule: 'change', resource: 'B' }),
  findingWith({ class: 'unchecked', rule: 'unchecked', action: 'none', stack: 'other' }),
  findingWith({ class: 'unknown', rule: 'unknown' }),
  findingWith({ class: 'expected', resource: 'E' }),
  findingWith({ class: 'noise', rule: 'tool-metadata' }),
]);

describe('JSON', () => {
  test('every report is valid by the published schema, and reads back as it was', () => {
    fc.assert(
      fc.property(anyReport, each => {
        const document = JSON.parse(json(each)) as DriftReport;
        expect(ours.validate(document).errors).toEqual([]);
        expect(document).toEqual(each);
      }),
      RUNS,
    );
  });

  test.each([
    ['another verdict', { verdict: 'fine' }],
    ['a count that is no whole number', { counts: { ...report.counts, danger: 0.5 } }],
    ['a finding without a fix', { findings: [{ ...findingWith(), fix: undefined }] }],
    ['an unheard-of action', { findings: [{ ...findingWith(), action: 'explode' }] }],
  ])('%s is not', (_what, more) => {
    expect(ours.validate(JSON.parse(JSON.stringify({ ...report, ...more }))).valid).toBe(false);
  });
});

describe('SARIF', () => {
  test('every document is valid by the official schema', () => {
    fc.assert(
      fc.property(anyReport, each => {
        const small = reportOf(each.counts.checked, each.findings.slice(0, 30));
        expect(official.validate(JSON.parse(sarif(small, SARIF))).errors).toEqual([]);
      }),
      RUNS,
    );
    expect(official.validate({ version: '2.1.0', runs: [{}] }).valid).toBe(false);
  });

  test('danger is an error, what is not known a warning, what was explained no alert', () => {
    const [run] = JSON.parse(sarif(report, SARIF)).runs;
    expect(run.results.map((each: { ruleId: string; level: string }) => [each.ruleId, each.level])).toEqual([
      ['some-rule', 'error'],
      ['unchecked', 'warning'],
      ['unknown', 'warning'],
      ['change', 'warning'],
    ]);
    for (const each of run.results) expect(run.tool.driver.rules[each.ruleIndex].id).toBe(each.ruleId);
    expect(run.results[0].partialFingerprints['holdfastDrift/v1']).toBe(findingWith().id);
    expect(run.invocations[0]).toMatchObject({ executionSuccessful: false });
    expect(run.properties.counts).toEqual(report.counts);
  });

  test('no more results than GitHub takes, the gravest of them, and a word on the rest', () => {
    const many = Array.from({ length: MOST_RESULTS + 5 }, (_, at) =>
      findingWith({ resource: `R${at}`, class: at === 0 ? 'danger' : 'change' }),
    );
    const [run] = JSON.parse(sarif(reportOf(1, many), SARIF)).runs;
    expect(run.results).toHaveLength(MOST_RESULTS);
    expect(run.results[0].level).toBe('error');
    expect(run.invocations[0].toolExecutionNotifications[0].message.text).toContain('5 further results');
  });
});

describe('JUnit', () => {
  test('every document is well-formed, and its sums are those of its cases', () => {
    fc.assert(
      fc.property(anyReport, each => {
        const elements = elementsOf(junit(reportOf(1, each.findings.slice(0, 60))));
        const count = (name: string) => elements.filter(element => element.name === name).length;
        const [all] = elements;
        expect([all?.attributes.tests, all?.attributes.failures, all?.attributes.errors]).toEqual(
          [count('testcase'), count('failure'), count('error')].map(String),
        );
      }),
      RUNS,
    );
  });

  test('what reaches --fail-on has failed; what was not checked never passes', () => {
    const outcomes = (failOn: 'any' | 'change' | 'danger') =>
      elementsOf(junit(report, { failOn }))
        .map(({ name }) => name)
        .filter(name => ['failure', 'error', 'system-out'].includes(name))
        .sort()
        .join(' ');
    expect(outcomes('danger')).toBe('error error failure system-out system-out');
    expect(outcomes('change')).toBe('error error failure failure system-out');
    expect(outcomes('any')).toBe('error error failure failure failure');
  });
});

describe('HTML', () => {
  test('nothing is loaded or run, and the style is the one that the policy allows', () => {
    const page = html(report);
    const style = /<style>([\s\S]*)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(page).toContain(`default-src 'none'; style-src 'sha256-${hash}'`);
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\ssrc=|\shref=|\sstyle=|url\(|@import|\son\w+=/i);
    expect(style).toContain('prefers-color-scheme: dark');
  });

  test('no text of a finding becomes markup', () => {
    const shape = (page: string) => [...page.matchAll(/<[^>]*>/g)].map(([tag]) => tag).join('');
    const with_ = (text: string) =>
      html(
        reportOf(1, [
          findingWith({ resource: text, why: text, fix: text, stack: text, type: text, path: text }),
        ]),
      );
    for (const text of HOSTILE) expect(shape(with_(text))).toBe(shape(with_('plain')));
  });
});

test('no format holds a control character or half a letter, or differs when run again', () => {
  fc.assert(
    fc.property(anyReport, each => {
      const small = reportOf(3, each.findings.slice(0, 40));
      for (const format of FORMATS) {
        const text = formatReport(small, format, SARIF);
        if (format === 'json') continue; // which escapes them, and keeps what it was given
        expect(text).not.toMatch(UNPRINTABLE);
        expect(formatReport(structuredClone(small), format, SARIF)).toBe(text);
      }
    }),
    RUNS,
  );
});

test('the terminal has the verdict first, then the gravest', () => {
  const lines = terminal(report).split('\n');
  expect(lines[0]).toMatch(/^drift: danger\./);
  expect(lines[1]).toBe(
    '1 dangerous, 1 not checked, 1 cannot be told, 1 change, 1 expected, 1 noise, checked 7 of 8 resources',
  );
  expect(lines[3]).toBe('Dangerous (1)');
  expect(lines.at(-1)).toBe('  tool-metadata 1');
  expect(terminal(report, { colour: true })).toContain('\u001B[31mDangerous (1)');
});

test('text is cut without halves, and says how long it was', () => {
  expect(printable('a\tb\n\n c\u0000\u202E')).toBe('a b c');
  expect(printable('x'.repeat(20), 10)).toBe('xxxxxxxxxx... (20 characters in all)');
  expect(printable('\u{1F600}'.repeat(10), 3)).toBe('\u{1F600}... (20 characters in all)');
  expect(printable('a'.repeat(10), 10)).toBe('aaaaaaaaaa');
});
