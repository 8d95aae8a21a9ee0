import fc from 'fast-check';
import { isCidrFault, readCidr } from '../../regions/cidr';
import { allowedCidrFault } from '../../regions/rules/gate';
import { problemsAfter } from './example';

const gate = (...allowedCidrs: unknown[]) =>
  problemsAfter(document => {
    document.gate = { allowedCidrs };
  });
const tags = (value: object) =>
  problemsAfter(document => {
    document.tags = value;
  });

describe('gate.allowedCidrs', () => {
  test('takes ranges of operators', () => {
    expect(gate()).toEqual([]);
    expect(gate('192.0.2.0/24', '198.51.100.7/32')).toEqual([]);
  });

  test.each([
    ['0.0.0.0/0', /lets everybody ask/],
    ['192.0.2.1/24', /bits set/],
    ['999.0.2.0/24', /not an IPv4 range/],
    ['192.0.2.0', /not an IPv4 range/],
    ['2001:db8::/32', /not an IPv4 range/],
    [7, /must be an IPv4 range/],
  ])('refuses %p with its place and value', (cidr, message) => {
    const [problem, ...rest] = gate('192.0.2.0/24', cidr);
    expect(rest).toEqual([]);
    expect(problem).toMatchObject({ path: 'gate.allowedCidrs[1]', received: cidr });
    expect(problem?.message).toMatch(message);
    expect(problem?.fix).not.toBe('');
  });

  test('refuses exactly what is no range, and everybody', () => {
    const octet = fc.integer({ min: 0, max: 300 });
    fc.assert(
      fc.property(octet, octet, octet, octet, fc.integer({ min: 0, max: 34 }), (a, b, c, d, prefix) => {
        const text = `${a}.${b}.${c}.${d}/${prefix}`;
        const wrong = isCidrFault(readCidr(text)) || prefix === 0;
        expect(allowedCidrFault(text) !== undefined).toBe(wrong);
      }),
    );
  });
});

describe('tags', () => {
  test('take what AWS takes', () => {
    expect(tags({})).toEqual([]);
    expect(tags({ 'cost-centre': '4711', Team: 'Größe & co'.replace('&', '+'), 'a:b/c': '' })).toEqual([]);
  });

  test.each([
    [{ 'aws:created': 'x' }, 'tags["aws:created"]', /keeps for itself/],
    [{ application: 'x' }, 'tags.application', /sets itself/],
    [{ Name: 'x' }, 'tags.Name', /sets itself/],
    [{ 'holdfast:register': 'x' }, 'tags["holdfast:register"]', /sets itself/],
    [{ 'who?': 'x' }, 'tags["who?"]', /AWS refuses/],
    [{ ['n'.repeat(129)]: 'x' }, `tags.${'n'.repeat(129)}`, /AWS refuses/],
    [{ team: 'a&b' }, 'tags.team', /must be up to 256 letters/],
    [{ 'cost-centre': 4711 }, 'tags["cost-centre"]', /must be up to 256 letters/],
    [
      Object.fromEntries(Array.from({ length: 41 }, (_, at) => [`t${at}`, 'x'])),
      'tags',
      /more than fit beside/,
    ],
  ])('refuse %j with its place', (value, path, message) => {
    const [problem, ...rest] = tags(value);
    expect(rest).toEqual([]);
    expect(problem).toMatchObject({ path, received: expect.anything() });
    expect(problem?.message).toMatch(message);
  });

  test('are told together with everything else, as one error', () => {
    expect(
      problemsAfter(document => {
        document.tags = { 'aws:x': 'y' };
        document.gate = { allowedCidr: [] };
        document.version = 3;
      }).map(({ path, fix }) => [path, fix]),
    ).toEqual([
      ['version', 'for example 1'],
      ['gate.allowedCidr', 'did you mean allowedCidrs?'],
      ['tags["aws:x"]', 'use another prefix'],
    ]);
  });
});
