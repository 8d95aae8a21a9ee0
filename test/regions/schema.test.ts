import fc from 'fast-check';
import { formatProblem } from '../../lib/errors';
import { loadTopology } from '../../regions';
import { FIELDS } from '../../regions/fields';
import { nearest } from '../../regions/problems';
import { example, problemsAfter, problemsOf } from './example';

describe('the shape of a topology', () => {
  test('the example has no problem', () => expect(problemsOf(example())).toEqual([]));

  test('all problems are told at once, of shape and of rules together', () => {
    const problems = problemsAfter(document => {
      document.version = 2;
      delete document.dns.zoneName;
      document.regions[0].zones[0] = 'us-east-2a';
      document.regions[1].cidr = '10.10.0.0/16';
      document.objectives.rtoSeconds = '15 minutes';
      document.recovery = { leaseSecond: 5 };
      document.capacity.maximumClones = 1.5;
    });
    expect(problems.map(problem => problem.path).sort()).toEqual([
      'capacity.maximumClones',
      'dns.zoneName',
      'objectives.rtoSeconds',
      'recovery.leaseSecond',
      'regions[0].zones[0]',
      'regions[1].cidr',
      'version',
    ]);
  });

  test('each problem has the path, the value received, what is wrong and the fix', () => {
    expect(
      problemsAfter(document => {
        document.recovery = { checkIntervalSeconds: 20 };
      }),
    ).toEqual([
      {
        path: 'recovery.checkIntervalSeconds',
        received: 20,
        message: 'must be 10 or 30, since Route 53 offers no other interval',
        fix: 'for example 10',
      },
    ]);
  });

  test('the message of the error holds every problem on a line of its own', () => {
    const load = (): unknown =>
      loadTopology(example(document => Object.assign(document, { version: 2, mode: 'x' })));
    expect(load).toThrow(
      'the topology has 2 problems\n  version: must be 1, received 2; for example 1\n  mode: must be',
    );
  });

  test.each(Object.keys(FIELDS).filter(path => /^[a-z]+(\.[a-zA-Z]+)?$/.test(path)))(
    'a list in place of %s is told with that path',
    path => {
      const [parent = '', child] = path.split('.');
      const problems = problemsAfter(document => {
        if (child === undefined) document[parent] = [['wrong']];
        else document[parent] = { ...document[parent], [child]: [['wrong']] };
      });
      expect(problems.some(problem => problem.path === path || problem.path.startsWith(`${path}[`))).toBe(
        true,
      );
    },
  );

  test.each([
    'version',
    'application',
    'mode',
    'dns',
    'regions',
    'register',
    'objectives',
    'capacity',
    'database',
    'cache',
  ])('a missing %s is told as missing', path => {
    const problems = problemsAfter(document => {
      delete document[path];
    });
    const told = problems.find(problem => problem.path === path);
    expect(told?.message).toContain('is missing');
    expect(told).not.toHaveProperty('received');
  });

  test.each([undefined, null, 5, 'orders', [], () => {}])(
    '%p is no topology, and only that is told',
    input => {
      const problems = problemsOf(input);
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatchObject({
        path: 'topology',
        message: expect.stringContaining('must be an object'),
      });
    },
  );
});

describe('unknown fields', () => {
  test.each([
    ['aplication', 'application'],
    ['rgeions', 'regions'],
    ['dataResidence', 'dataResidency'],
  ])('%s is answered with: did you mean %s?', (typed, meant) => {
    const problems = problemsAfter(document => {
      document[typed] = 1;
    });
    expect(problems).toEqual([
      { path: typed, received: 1, message: 'is no field of the topology', fix: `did you mean ${meant}?` },
    ]);
  });

  test('one that resembles nothing is answered with the fields there are', () => {
    const problems = problemsAfter(document => {
      document.regions[1].weight = 50;
    });
    expect(problems).toEqual([
      expect.objectContaining({
        path: 'regions[1].weight',
        fix: 'remove it; the fields here are name, seed, zones, cidr, capacityShare',
      }),
    ]);
  });

  test('a witness of an eventual register has no place', () => {
    const problems = problemsAfter(document => {
      document.register = { kind: 'eventual', witness: 'us-east-1' };
    });
    expect(problems.map(problem => problem.path)).toEqual(['register.witness']);
  });

  test('the nearest name is one of the names, or none', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string({ maxLength: 20 }), { maxLength: 8 }), (typed, names) => {
        const found = nearest(typed, names);
        expect(found === undefined || names.includes(found)).toBe(true);
        if (names.includes(typed) && typed.length <= 64) expect(found).toBe(typed);
      }),
    );
  });
});

describe('any input', () => {
  test('of JSON gives problems that can be printed, and nothing else is thrown', () => {
    fc.assert(
      fc.property(fc.jsonValue(), input => {
        const problems = problemsOf(input);
        expect(problems.length).toBeGreaterThan(0);
        expect(() => JSON.stringify(problems)).not.toThrow();
        for (const problem of problems) {
          expect(problem.path).not.toBe('');
          expect(problem.message).not.toBe('');
          expect(problem.fix).not.toBe('');
        }
      }),
    );
  });

  test('of JSON anywhere in a good topology gives a topology or problems', () => {
    const paths = Object.keys(FIELDS).filter(path => path !== '' && !path.includes('[]'));
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        const steps = path.split('.');
        const last = steps.pop() ?? '';
        const document = example();
        const parent = steps.reduce((at, step) => {
          at[step] ??= {};
          return at[step];
        }, document);
        parent[last] = value;
        for (const problem of problemsOf(document)) expect(formatProblem(problem)).toMatch(/^ {2}\S.*; ./);
      }),
      { numRuns: 300 },
    );
  });

  test('of values that JSON cannot hold gives problems too', () => {
    const cyclic: Record<string, unknown> = {};
    cyclic.version = cyclic;
    cyclic.regions = [cyclic, 1n, Symbol('x'), () => {}, Number.NaN];
    expect(JSON.stringify(problemsOf(cyclic))).toContain('version');
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true }),
        input => {
          expect(() => JSON.stringify(problemsOf(input))).not.toThrow();
        },
      ),
    );
  });

  test('keys of the prototype are unknown fields like others', () => {
    const document = JSON.parse(JSON.stringify(example()).replace('{', '{"__proto__": 1, "toString": 2, '));
    expect(problemsOf(document).map(problem => problem.path)).toContain('toString');
  });
});
