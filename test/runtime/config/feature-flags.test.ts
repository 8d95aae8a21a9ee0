import { parseFeatureFlags } from '../../../lib/runtime/config/feature-flags';
import type { FlagContext } from '../../../lib/runtime/config/flag-rules';

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

describe('a flag of several variants', () => {
  const beta = {
    _variants: [
      { name: 'qa', enabled: true, rule: '(ends_with $email "@example.com")', attributeValues: { most: 9 } },
      { name: 'gold', enabled: true, rule: '(in $plan ["gold", "silver"])', attributeValues: { most: 5 } },
      { name: 'rest', enabled: false },
    ],
  };
  const flags = parse({ beta });

  test('holds by the first rule that is true of the context, and by the last one for all others', () => {
    const asked: FlagContext[] = [
      { email: 'a@example.com', plan: 'gold' },
      { plan: 'silver' },
      { plan: 'iron' },
      {},
    ];
    const seen = asked.map(context => {
      const found = flags.for(context);
      return [found.variant('beta'), found.isOn('beta', true), found.attribute('beta', 'most', 1)];
    });
    expect(seen).toEqual([
      ['qa', true, 9],
      ['gold', true, 5],
      ['rest', false, 1],
      ['rest', false, 1],
    ]);
    expect([flags.variant('other'), flags.isOn('other', true)]).toEqual([undefined, true]);
    expect(flags.for({ plan: 'gold' }).for({ region: 'r' }).variant('beta')).toBe('gold');
  });

  test('is no guess where a rule is not evaluated here: from it on the default holds, and that is told', () => {
    const [qa, gold, rest] = beta._variants;
    const split = { name: 'some', enabled: true, rule: '(split pct::10 by::$email)' };
    const partly = parse({ beta: { _variants: [qa, split, gold, rest] } });
    expect(partly.unevaluated).toEqual([
      '/beta/_variants/1/rule: asks for split, which is not evaluated here',
    ]);
    expect(partly.for({ email: 'a@example.com' }).variant('beta')).toBe('qa');
    expect(partly.for({ plan: 'gold' }).variant('beta')).toBe('rest');
    expect(flags.unevaluated).toEqual([]);
  });

  const variants = (...list: object[]) => ({ beta: { _variants: list } });
  test.each([
    ['/beta/_variants', { beta: { enabled: true, ...beta } }],
    ['/beta/_variants', { beta: { _variants: {} } }],
    ['/beta/_variants', variants()],
    ['/beta/_variants/0/name', variants({ enabled: true })],
    ['/beta/_variants/0/enabled', variants({ name: 'a', enabled: 'False' })],
    ['/beta/_variants/0/rule', variants({ name: 'a', enabled: true, rule: '(eq $a 1)' })],
    ['/beta/_variants/0/rule', variants({ name: 'a', enabled: true }, { name: 'b', enabled: true })],
    ['/beta/_variants/0/attributeValues', variants({ name: 'a', enabled: true, attributeValues: [] })],
  ])('is refused whole for what is wrong at %s', (path, document) => {
    expect(() => parse(document)).toThrow(`${path}: has another shape`);
  });
});

test.each(['4', 5, [[]], {}])('BP-27: rules given as %j change no state and are no other type', rules => {
  const flags = parse({ beta: { enabled: false, rules } });
  expect([flags.isOn('beta', true), flags.attribute('beta', 'rules', 'none')]).toEqual([false, 'none']);
});

test('BP-27: the text "False" as a default is read by nobody as a state', () => {
  expect(() => parse({ flag: { default: 'False' } })).toThrow(/\/flag\/enabled/);
});
