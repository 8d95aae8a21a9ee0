import type { Json } from '../../../constructs/config/configuration-content';
import { assertValidFeatureFlags, featureFlagProblems } from '../../../constructs/config/feature-flags';

const limit = {
  name: 'Limit',
  attributes: { most: { constraints: { type: 'number', minimum: 1, maximum: 9 } } },
};
const pathsOf = (document: Json) => featureFlagProblems(document).map(problem => problem.path);

test('a document with variants passes', () => {
  const document: Json = {
    version: '1',
    flags: {
      limit,
      checkout: {
        name: 'Checkout',
        attributes: { theme: { constraints: { type: 'string', enum: ['dark', 'light'] } } },
      },
    },
    values: {
      limit: { enabled: true, most: 3 },
      checkout: {
        _variants: [
          { name: 'beta', rule: '(eq $group "beta")', enabled: true, attributeValues: { theme: 'dark' } },
          { name: 'default', enabled: false, attributeValues: { theme: 'light' } },
        ],
      },
    },
  };
  expect(featureFlagProblems(document)).toEqual([]);
});

test.each<[string, Json, string[]]>([
  ['no version', { flags: {}, values: {} }, ['/version']],
  ['a key with a space', { version: '1', flags: { 'Bad Key': { name: 'x' } } }, ['/flags/Bad Key']],
  ['a leading capital', { version: '1', flags: { Limit: { name: 'x' } } }, ['/flags/Limit']],
  ['a flag without a name', { version: '1', flags: { limit: {} } }, ['/flags/limit/name']],
  ['an unknown top-level key', { version: '1', flags: {}, extra: 1 }, ['/extra']],
  [
    'a value without a flag',
    { version: '1', flags: {}, values: { limit: { enabled: true } } },
    ['/values/limit'],
  ],
  [
    'a value outside its constraint',
    { version: '1', flags: { limit }, values: { limit: { enabled: true, most: 10 } } },
    ['/values/limit/most'],
  ],
  [
    'an attribute nobody declared',
    { version: '1', flags: { limit }, values: { limit: { enabled: true, least: 1 } } },
    ['/values/limit/least'],
  ],
  [
    'a state that is a string (BP-27)',
    { version: '1', flags: { limit }, values: { limit: { enabled: 'False' } } },
    ['/values/limit/enabled'],
  ],
  [
    'a variant outside its constraint',
    {
      version: '1',
      flags: { limit },
      values: { limit: { _variants: [{ name: 'a', enabled: true, attributeValues: { most: 0 } }] } },
    },
    ['/values/limit/_variants/0/attributeValues/most'],
  ],
  [
    'variants without a default, without a name and of one name',
    {
      version: '1',
      flags: { limit },
      values: {
        limit: {
          _variants: [
            { enabled: true },
            { name: 'a', rule: '(eq $group "a")', enabled: true, extra: 1 },
            { name: 'a', rule: '(eq $group "b")', enabled: true },
          ],
        },
      },
    },
    [
      '/values/limit/_variants/0/name',
      '/values/limit/_variants/0/rule',
      '/values/limit/_variants/1/extra',
      '/values/limit/_variants/2/name',
      '/values/limit/_variants/2/rule',
    ],
  ],
  [
    'an empty list of variants',
    { version: '1', flags: { limit }, values: { limit: { _variants: [] } } },
    ['/values/limit/_variants'],
  ],
  ['flags that are a list', { version: '1', flags: [], values: 'none' }, ['/flags', '/values']],
  [
    'more than 25 attributes',
    {
      version: '1',
      flags: {
        limit: {
          name: 'x',
          attributes: Object.fromEntries(Array.from({ length: 26 }, (_, i) => [`a${i}`, {}])),
        },
      },
    },
    ['/flags/limit/attributes'],
  ],
  ['a list', [], ['/']],
])('refuses %s (BP-26)', (_case, document, paths) => {
  expect(pathsOf(document)).toEqual(paths);
});

test.each<[string, Json]>([
  ['a default that is a text', { default: 'False' }],
  ['a default that is a number', { default: 5 }],
  ['rules that are a text', { rules: '4' }],
])('BP-27: a flag with %s is refused, for its state stands under the values', (_case, part) => {
  const flag = { name: 'Beta', ...(part as object) };
  const [key] = Object.keys(part as object);
  expect(pathsOf({ version: '1', flags: { beta: flag } })).toEqual([`/flags/beta/${key}`]);
  expect(pathsOf({ version: '1', flags: { beta: { name: 'Beta' } } })).toEqual([]);
});

test('what AppConfig itself writes into a document is no problem (BP-25)', () => {
  const times = { _createdAt: '2026-01-01T00:00:00Z', _updatedAt: '2026-01-01T00:00:00Z' };
  const document = {
    version: '1',
    flags: { beta: { name: 'Beta', _deprecation: { status: 'planned' }, ...times } },
    values: { beta: { enabled: true, ...times } },
  };
  expect(pathsOf(document)).toEqual([]);
});

test('every problem is named at once', () => {
  const wrong = () => assertValidFeatureFlags('Flags', { flags: { Bad: {} }, extra: true });
  expect(wrong).toThrow(/\/extra.*\n.*\/version.*\n.*\/flags\/Bad:.*\n.*\/flags\/Bad\/name/);
});
