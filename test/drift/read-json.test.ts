import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { at, listsOn, nameOf, stepsOf } from '../../lib/drift/paths';
import { assertDepth, DEEPEST, readJson, readJsonFile } from '../../lib/drift/read-json';

const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

test('nesting is refused one level below the limit, before anything recurses', () => {
  expect(readJson(nested(DEEPEST), 'a.json')).toEqual([expect.anything()]);
  expect(() => readJson(nested(DEEPEST + 1), 'a.json')).toThrow(
    /a\.json.*nested deeper than 500.*line 1, column 501/s,
  );
  expect(() => readJson(nested(1_000_000), 'a.json')).toThrow(/nested deeper/);
  expect(() => assertDepth(JSON.parse(nested(DEEPEST + 1)), 'a.yaml')).toThrow(/nested deeper/);
  expect(() => assertDepth(JSON.parse(nested(DEEPEST)), 'a.yaml')).not.toThrow();
});

test('brackets within strings are no levels, and escaped quotes end none', () => {
  const text = JSON.stringify({ a: '['.repeat(1000), b: `\\"${'{'.repeat(1000)}`, c: '\\\\' });
  expect(readJson(text, 'a.json')).toEqual(JSON.parse(text));
});

test('an error names file and place, and never quotes what stands there', () => {
  const bad = '{\n  "password": hunter2\n}';
  expect(() => readJson(bad, 'a.json')).toThrow(/a\.json: is no JSON/);
  expect(() => readJson(bad, 'a.json')).not.toThrow(/hunter2/);
  expect(() => readJson('{"a": [1, 2', 'a.json')).toThrow(/ends before/);
  expect(() => readJson(' \n', 'a.json')).toThrow(/is empty/);
});

test('a file may carry a byte-order mark, or be in UTF-16', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-json-'));
  try {
    const file = path.join(folder, 'a.json');
    for (const bytes of [Buffer.from('\uFEFF{"a":"é"}'), Buffer.from('\uFEFF{"a":"é"}', 'utf16le')]) {
      writeFileSync(file, bytes);
      expect(readJsonFile(file)).toEqual({ a: 'é' });
    }
    expect(() => readJsonFile(path.join(folder, 'b.json'))).toThrow(/b\.json: cannot be read \(ENOENT\)/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a key may be called anything', () => {
  const read = readJson('{"__proto__": {"a": 1}}', 'a.json');
  expect(Object.keys(read as object)).toEqual(['__proto__']);
  expect(at(read, '__proto__.a')).toBe(1);
  expect(at(read, 'toString')).toBeUndefined();
});

test('a path is taken apart into names and places', () => {
  const path = 'Properties."a.b[0]".Tags[12].Value';
  expect(stepsOf(path)).toEqual(['Properties', 'a.b[0]', 'Tags', 12, 'Value']);
  expect(listsOn('A."b[1]".C[0].D[2]')).toEqual(['A."b[1]".C', 'A."b[1]".C[0].D']);
  expect(nameOf('A.TargetGroups[1]')).toBe('TargetGroups');
  expect(at({ A: [{ B: 1 }] }, 'A[0].B')).toBe(1);
  expect(at({ A: [{ B: 1 }] }, 'A.length')).toBeUndefined();
});
