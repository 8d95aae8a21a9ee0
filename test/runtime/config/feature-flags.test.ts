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

test('BP-26: a definition is not taken for the values that a reader gets', () => {
  const definition = {
    version: '1',
    flags: { beta: { name: 'Beta' } },
    values: { beta: { enabled: true } },
  };
  expect(() => parse(definition)).toThrow(/\/version: has another shape, received "1"/);
  expect(() => parse({ flags: definition.flags, values: definition.values })).toThrow(/\/flags\/enabled/);
});

test('a flag of several variants is refused: whose rules are not evaluated has no state', () => {
  const variants = [{ name: 'eu', enabled: true, rule: '(eq $region "eu")' }];
  expect(() => parse({ beta: { _variants: variants } })).toThrow(/\/beta\/_variants.*agent/);
  expect(() => parse({ beta: { enabled: true, _variants: variants } })).toThrow(/_variants/);
});

test.each(['4', 5, [[]], {}])('BP-27: rules given as %j change no state and are no other type', rules => {
  const flags = parse({ beta: { enabled: false, rules } });
  expect([flags.isOn('beta', true), flags.attribute('beta', 'rules', 'none')]).toEqual([false, 'none']);
});

test('BP-27: the text "False" as a default is read by nobody as a state', () => {
  expect(() => parse({ flag: { default: 'False' } })).toThrow(/\/flag\/enabled/);
});
