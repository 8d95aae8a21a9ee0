import { comparePlan } from '../../../lib/drift/terraform/compare-plan';
import { readPlan } from '../../../lib/drift/terraform/read-plan';
import { UNKNOWN } from '../../../lib/drift/terraform/unknown';
import { HoldfastError } from '../../../lib/errors';
import { compared, entry, FIXTURES, fixture, lines, planOf } from './plans';

const actions = (...words: string[]) => ({ actions: words });

describe('plans of Terraform itself', () => {
  test.each([
    ['02-noop', []],
    ['10-delete', ['terraform_data.secret: delete']],
    ['11-moved', ['terraform_data.renamed: move']],
    ['12-forget', ['terraform_data.secret: forget']],
    ['13-import', ['terraform_data.imp: import']],
    ['15-drift-refresh-only', []],
    [
      '03-update-and-replace',
      [
        'terraform_data.a: update input.version output',
        'terraform_data.b: replace id input output triggers_replace[0]',
        'terraform_data.cbd: replace id triggers_replace[0]',
        'output.b: update ',
      ],
    ],
    ['09-sensitive-update', ['terraform_data.secret: update input output']],
    [
      '16-data-read-deferred',
      ['data.terraform_remote_state.o: read', 'terraform_data.dep: create', 'terraform_data.fresh: create'],
    ],
  ])('%s', (name, expected) => {
    const { changes, unchecked } = compared(fixture(name));
    expect(lines(changes)).toEqual(expected);
    expect(unchecked).toEqual([]);
  });

  test('a targeted plan names all that it left out', () => {
    const { changes, unchecked, checked } = compared(fixture('07-targeted'));
    expect(lines(changes)).toEqual(['terraform_data.a: update input.version output']);
    expect(checked).toBe(1);
    const named = unchecked.map(({ resource }) => resource);
    expect(named).toContain('-');
    expect(named).toContain('terraform_data.many["east"]');
    expect(named).toContain('module.m.terraform_data.in[1]');
    expect(named).toContain('check.c');
    expect(named).not.toContain('terraform_data.a');
  });

  test('an errored plan is not clean although nothing in it changes', () => {
    const { changes, unchecked } = compared(fixture('17-errored'));
    expect(unchecked.map(({ why }) => why).join()).toContain('ended with an error');
    expect(lines(changes)).toEqual(['terraform_data.pre: none status']);
  });

  test('a failed check is told although the exit code does not tell it', () => {
    const failed = compared(fixture('08-check-failed')).changes.filter(({ type }) => type === 'check');
    expect(lines(failed)).toEqual(['check.c: none status']);
    expect(JSON.stringify(failed)).toContain('v must not be 9');
  });

  test('a file is read, and called by its name', () => {
    const { changes } = readPlan(`${FIXTURES}/10-delete.json`, 'eu-west-1');
    expect(changes).toMatchObject([{ stack: '10-delete', region: 'eu-west-1' }]);
  });
});

describe('cases', () => {
  test('BP-50: a deposed object is an entry of its own', () => {
    const address = 'aws_db_instance.main';
    const { changes, checked } = compared(
      planOf([
        entry(address, actions('delete'), { deposed: 'b518c256' }),
        entry(address, actions('no-op'), { deposed: '0a1b2c3d' }),
        entry(address, { ...actions('update'), before: { a: 1 }, after: { a: 2 } }),
      ]),
    );
    expect(lines(changes)).toEqual([`${address}#b518c256: delete`, `${address}: update a`]);
    expect(checked).toBe(3);
  });

  test('BP-51: forgetting is neither deletion nor nothing', () => {
    const { changes } = compared(
      planOf([
        entry('aws_s3_bucket.a', { ...actions('forget'), after: null }),
        entry('aws_s3_bucket.b', { ...actions('create', 'forget'), after: { bucket: 'b' } }),
      ]),
    );
    expect(changes.map(({ action }) => action)).toEqual(['forget', 'forget']);
  });

  test('BP-52: moves and imports are listed, an import that also updates is an update', () => {
    const { changes } = compared(
      planOf([
        entry('aws_x.moved', actions('no-op'), { previous_address: 'aws_x.old' }),
        entry('aws_x.imported', { ...actions('no-op'), importing: { id: 'i-1' } }),
        entry('aws_x.both', {
          ...actions('update'),
          importing: { id: 'i-2' },
          before: { a: 1 },
          after: { a: 2 },
        }),
        entry('aws_x.idless', { ...actions('no-op'), importing: {} }),
      ]),
    );
    expect(changes.map(({ action, origin }) => [action, origin])).toEqual([
      ['move', 'aws_x.old'],
      ['import', 'i-1'],
      ['update', 'i-2'],
      ['import', UNKNOWN],
    ]);
  });

  test.each(['replace_by_triggers', 'replace_because_tainted', 'replace_by_request', 'a_reason_of_2031'])(
    'BP-53: a replacement without paths is one, and %s is printed',
    reason => {
      const change = { before: { a: 1 }, after: { a: 1 } };
      for (const words of [actions('delete', 'create'), actions('create', 'delete')]) {
        const plan = planOf([entry('aws_x.a', { ...words, ...change }, { action_reason: reason })]);
        expect(compared(plan).changes).toMatchObject([{ action: 'replace', reason, differences: [] }]);
      }
    },
  );

  test('BP-54: an empty value in replace_paths keeps its replacement', () => {
    const change = { ...actions('delete', 'create'), before: { a: [], b: [1] }, after: { a: null, b: [1] } };
    const { changes } = compared(planOf([entry('aws_x.a', { ...change, replace_paths: [['a'], ['b', 0]] })]));
    expect(changes[0]?.differences).toEqual([
      { path: 'a', before: [], after: null, replaces: 'yes' },
      { path: 'b[0]', before: 1, after: 1, replaces: 'yes' },
    ]);
  });

  test('BP-55: what is decided at apply is unknown, nested too, and no removal', () => {
    const change = {
      ...actions('update'),
      before: { policy: 'p', list: ['a', 'b'], nest: { x: 1, y: 2 }, same: 1 },
      after: { list: ['a', null], nest: { y: 2 }, same: 1 },
      after_unknown: { policy: true, list: [false, true], nest: { x: true } },
    };
    const [found] = compared(planOf([entry('aws_x.a', change)])).changes;
    expect(found?.differences).toEqual([
      { path: 'policy', before: 'p', after: undefined, unknownAfter: true },
      { path: 'list[1]', before: 'b', after: undefined, unknownAfter: true },
      { path: 'nest.x', before: 1, after: undefined, unknownAfter: true },
    ]);
    expect(found?.after).toEqual({
      ...{ policy: UNKNOWN, list: ['a', UNKNOWN], nest: { x: UNKNOWN, y: 2 }, same: 1 },
    });
  });

  test('BP-56: marks of secrets hold for all below, and keys below are not paths', () => {
    const change = {
      ...actions('update'),
      before: { root: { hidden: 'one' }, list: [{ k: 'a' }] },
      after: { root: { hidden: 'two' }, list: [{ k: 'b' }] },
      before_sensitive: { root: true },
      after_sensitive: { list: [{ k: true }] },
    };
    const { changes, secrets } = compared(planOf([entry('aws_x.a', change)]));
    expect(changes[0]?.differences.map(({ path, sensitive }) => [path, sensitive])).toEqual([
      ['root', true],
      ['list[0].k', true],
    ]);
    expect(secrets).toEqual(['b', 'hidden', 'one']);
    const whole = { ...change, before_sensitive: true, after_sensitive: true };
    const all = compared(planOf([entry('aws_x.a', whole)])).changes[0]?.differences;
    expect(all).toMatchObject([{ path: '', sensitive: true }]);
    expect(compared(fixture('09-sensitive-update')).secrets).toEqual(['other', 's3cret']);
  });

  test('BP-57: an empty plan, one without arrays and one of outputs alone are read', () => {
    expect(compared({ format_version: '1.2' })).toMatchObject({ checked: 0, changes: [], unchecked: [] });
    const outputs = { a: { actions: ['update'], before: 1, after: 2, after_unknown: false } };
    const plan = { format_version: '1.2', output_changes: outputs };
    expect(lines(compared(plan).changes)).toEqual(['output.a: update ']);
  });
});

test('words of a later format are changes that cannot be told, and never clean', () => {
  const { changes, unchecked, checked } = compared(planOf([entry('aws_x.a', actions('transmute'))]));
  expect(changes).toMatchObject([{ action: 'unrecognized' }]);
  expect(unchecked).toMatchObject([{ resource: 'aws_x.a', why: expect.stringContaining('(transmute)') }]);
  expect(checked).toBe(0);
  const deferred = [
    { reason: 'provider_config_unknown', resource_change: { address: 'aws_x.d', type: 'aws_x' } },
  ];
  expect(compared(planOf([], { deferred_changes: deferred })).unchecked).toMatchObject([
    { resource: 'aws_x.d', why: expect.stringContaining('provider_config_unknown') },
  ]);
});

test('entries that cannot be read are counted, and the others are read', () => {
  const broken = [7, null, { address: 'aws_x.a' }, { change: {} }] as never[];
  const { changes, unchecked } = compared(planOf([...broken, entry('aws_x.b', actions('delete'))]));
  expect(lines(changes)).toEqual(['aws_x.b: delete']);
  expect(unchecked).toMatchObject([{ why: expect.stringContaining('4 entries') }]);
});

test('the Region is that of the object, of its ARN, or of its provider', () => {
  const resource = (address: string, key: string) => ({ address, provider_config_key: key });
  const module = { resources: [resource('aws_x.c', 'm:aws')] };
  const root = { resources: [resource('aws_x.d', 'aws.two')], module_calls: { m: { module } } };
  const provider_config = {
    'm:aws': { expressions: { region: { constant_value: 'eu-north-1' } } },
    'aws.two': { expressions: { region: { references: ['var.second'] } } },
  };
  const plan = planOf(
    [
      entry('aws_x.a', { ...actions('delete'), before: { region: 'us-east-1' }, after: null }),
      entry('aws_x.b', { ...actions('delete'), before: { arn: 'arn:aws:rds:us-west-2:1:cluster:c' } }),
      entry('module.m["a.b[0]"].aws_x.c[0]', actions('delete')),
      entry('aws_x.d["k"]', actions('delete'), { deposed: 'b518c256' }),
      entry('aws_x.e', actions('delete')),
    ],
    { configuration: { root_module: root, provider_config }, variables: { second: { value: 'eu-west-1' } } },
  );
  expect(compared(plan).changes.map(({ region }) => region)).toEqual([
    ...['us-east-1', 'us-west-2', 'eu-north-1', 'eu-west-1', '-'],
  ]);
});

test.each([
  [[], 'no JSON object'],
  [{}, 'no format_version'],
  [{ format_version: '2.0' }, 'format_version that is not known'],
  [{ format_version: '1.0', values: {} }, 'is a state'],
  [{ version: 4, lineage: 'x' }, 'is a state file'],
  [{ '@level': 'info' }, 'line of the log'],
])('%j is refused as %s', (document, message) => {
  expect(() => comparePlan(document as never, { stack: 's' }, 'plan.json')).toThrow(HoldfastError);
  expect(() => comparePlan(document as never, { stack: 's' }, 'plan.json')).toThrow(
    new RegExp(`plan.json: .*${message}.*terraform show -json`),
  );
});
