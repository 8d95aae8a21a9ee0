import { parseFeatureFlags } from '../../../lib/runtime/config/feature-flags';

const parse = (document: unknown) => parseFeatureFlags(JSON.stringify(document));

test('a flag is what the document says, and the fallback where it says nothing', () => {
  const flags = parse({ beta: { enabled: true, most: 5 }, old: { enabled: false, most: 9 } });
  expect([flags.isOn('beta', false), flags.isOn('old', true), flags.isOn('new', true)]).toEqual([
    true,
    false,
    true,
  ]);
  expect(flags.attribute('beta', 'most', 1)).toBe(5);
  expect(flags.attribute('old', 'most', 1)).toBe(1);
  expect(flags.attribute('new', 'most', 1)).toBe(1);
});

test('BP-27: a text is never taken for a state, nor an attribute for another type', () => {
  for (const enabled of ['False', 'true', 1, null, undefined]) {
    expect(() => parse({ beta: { enabled } })).toThrow(/\/beta\/enabled/);
  }
  expect(parse({ beta: { enabled: true, most: '5' } }).attribute('beta', 'most', 1)).toBe(1);
  expect(parse({}).isOn('constructor', false)).toBe(false);
});

test.each([[[]], ['text'], [{ beta: true }], [null]])('refuses %j', document => {
  expect(() => parse(document)).toThrow(/the feature flags are not usable/);
});
