import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { judgeByCdkPacks } from '../../constructs/policy/template-packs';
import { templatesOf } from './example';

const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-nist-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Rule, and layer and type of the resource, of each row of the guide. */
const explained = readFileSync(path.join(__dirname, '../../docs/nist.md'), 'utf8')
  .split('\n')
  .flatMap(line => {
    const [, rule, where, reason] = /^\| `(\w+)` \| `([^`]+)` \| (.+) \|$/.exec(line) ?? [];
    return rule === undefined ? [] : [{ key: `${rule} ${where}`, reason }];
  });

const judged = Object.entries(templatesOf()).map(([name, { text }]) => {
  const file = path.join(folder, `${name.replace('/', '-')}.json`);
  writeFileSync(file, text);
  const [outcome] = judgeByCdkPacks(file, ['nist']);
  if (outcome === undefined || 'reason' in outcome)
    throw new Error(`${name} was not judged: ${outcome?.reason}`);
  return { layer: name.split('/')[1], ...outcome };
});

test('the pack has judged, and nothing stayed unknown', () => {
  const sum = (key: 'compliant' | 'unknown') => judged.reduce((total, { counts }) => total + counts[key], 0);
  expect(sum('compliant')).toBeGreaterThan(200);
  expect(sum('unknown')).toBe(0);
});

test('what NIST 800-53 r5 finds in the blueprint is what the guide explains, no more and no less', () => {
  const found = judged.flatMap(({ layer, findings }) =>
    findings.map(({ rule, type }) => `${rule.replace('NIST.800.53.R5-', '')} ${layer} ${type}`),
  );
  expect([...new Set(found)].sort()).toEqual(explained.map(({ key }) => key).sort());
});
