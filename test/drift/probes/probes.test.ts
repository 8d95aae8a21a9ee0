import { HoldfastError } from '../../../lib/errors';
import { denied } from '../account/memory';
import { cluster, EAST, forwards, REGIONS, WEST, World } from './world';

let world: World;
beforeEach(() => {
  world = new World();
});

test('what stands as it was born is clean, and every resource is counted', async () => {
  const { verdict, counts, findings } = await world.report();
  expect({ verdict, findings }).toEqual({ verdict: 'clean', findings: [] });
  // Listener, group, two mappings, three checks, record and roll-out of each Region, and the two global groups.
  expect(counts.checked).toBe(2 * 9 + 2);
});

test('law 6: after a failover the swap of roles is explained by the register, and nothing else is found', async () => {
  world.failOver();
  expect(await world.said()).toEqual([
    `expected mapping-role ${EAST} Turning`,
    `expected mapping-role ${WEST} Turning`,
    `expected role-swap ${EAST} Global`,
    `expected role-swap ${EAST} Store`,
  ]);
});

test('law 6: beyond the swap nothing is explained', async () => {
  world.failOver();
  world.change('checks', `${EAST} Not`, { Disabled: true });
  world.change('mappings', `${WEST} Mapping`, { State: 'Disabled' });
  world.change('groups', `${WEST} orders-blue`, { MinSize: 1 });
  const said = await world.said();
  expect(said.filter(each => !each.startsWith('expected'))).toEqual([
    `danger capacity-lowered ${WEST} Clones`,
    `danger consumer-against-role ${WEST} Mapping`,
    `danger dns-change ${EAST} Not`,
  ]);
  expect(said).toHaveLength(7);
});

describe('BP-12 weights', () => {
  const at = (region: string, ...weights: [number, number, number?]) =>
    world.actionsOf.set(region, forwards(region, ...weights));
  const store = (value: string) => world.settings.set(`${EAST} /orders/live/weights`, value);

  test('a shift that its owner has stored is expected', async () => {
    at(EAST, 70, 30);
    store('{"blue":70,"green":30}');
    expect(await world.said()).toEqual([`expected live-setting ${EAST} /orders/live/weights`]);
  });

  test('weights that nobody has stored are a change', async () => {
    at(EAST, 70, 30);
    expect(await world.said()).toEqual([`change setting-not-kept ${EAST} Listener`]);
  });

  test('weights of the template are one too, when others are stored: a deploy has put them back', async () => {
    store('{"blue":70,"green":30}');
    expect(await world.said()).toEqual([
      `change setting-not-kept ${EAST} Listener`,
      `expected live-setting ${EAST} /orders/live/weights`,
    ]);
  });

  test('a third group is a change, stored or not', async () => {
    at(WEST, 100, 0, 50);
    expect(await world.said()).toEqual([`change setting-not-kept ${WEST} Listener`]);
    world.settings.delete(`${WEST} /orders/live/weights`);
    expect(await world.said()).toEqual([`change change ${WEST} Listener`]);
  });

  test('without a stored value the declared range explains a shift between the declared groups', async () => {
    world.settings.delete(`${EAST} /orders/live/weights`);
    at(EAST, 70, 30);
    expect(await world.said()).toEqual([`expected delegated-weights ${EAST} Listener`]);
  });

  test('a stored value beyond its range is a change', async () => {
    at(EAST, 2000, 1);
    store('{"blue":2000,"green":1}');
    expect(await world.said()).toEqual([`change change ${EAST} /orders/live/weights`]);
  });

  test('a page instead of the application is a change', async () => {
    world.actionsOf.set(EAST, [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '503' } }]);
    expect(await world.said()).toEqual([`change setting-not-kept ${EAST} Listener`]);
  });

  test('a listener that is gone is told', async () => {
    world.actionsOf.delete(EAST);
    expect(await world.said()).toEqual([`change change ${EAST} Listener`]);
  });
});

describe('sizes', () => {
  const size = (part: object) => world.change('groups', `${EAST} orders-blue`, part as never);
  const floor = (value: string) => world.settings.set(`${EAST} /orders/live/floor/orders-blue`, value);

  test('law 4: a floor that a drill has raised is expected', async () => {
    size({ MinSize: 4 });
    expect(await world.said()).toEqual([`expected live-setting ${EAST} Clones`]);
  });

  test('law 9: a floor below the declared one is a danger', async () => {
    size({ MinSize: 1 });
    expect(await world.said()).toEqual([`danger capacity-lowered ${EAST} Clones`]);
  });

  test('law 4: a floor below the stored one is a danger, also where the template has less', async () => {
    floor('5');
    size({ MinSize: 3 });
    expect(await world.said()).toEqual([
      `change setting-not-kept ${EAST} Clones`,
      `danger capacity-lowered ${EAST} Clones`,
    ]);
  });

  test('a stored floor above the largest size is kept at that', async () => {
    floor('50');
    size({ MinSize: 12 });
    expect(await world.said()).toEqual([]);
  });

  test('a largest size that is lower is a danger', async () => {
    size({ MaxSize: 6 });
    expect(await world.said()).toEqual([`danger capacity-lowered ${EAST} Clones`]);
  });

  test('BP-13 a group that CodeDeploy has copied away is told with its copy', async () => {
    world.groups.delete(`${EAST} orders-blue`);
    world.names.push('CodeDeploy_orders-blue_d-1', 'other');
    const said = await world.said();
    expect(said).toContain(`danger managed-group-gone ${EAST} Clones`);
    expect(said).toContain(`danger stateful-loss ${EAST} Clones`);
  });
});

describe('event-source mappings', () => {
  test('one that is off feeds nobody, in whichever Region', async () => {
    for (const region of REGIONS) world.change('mappings', `${region} Mapping`, { State: 'Disabling' });
    expect(await world.said()).toEqual(
      REGIONS.map(region => `danger consumer-against-role ${region} Mapping`),
    );
  });

  test('one that carries the role and does not follow the register is a danger, off or on', async () => {
    world.turn(WEST);
    expect(await world.said()).toEqual(
      REGIONS.map(region => `danger consumer-against-role ${region} Turning`),
    );
  });

  test('nor may one stay when the register moves', async () => {
    world.failOver();
    world.turn(EAST);
    expect((await world.said()).filter(each => each.startsWith('danger'))).toEqual(
      REGIONS.map(region => `danger consumer-against-role ${region} Turning`),
    );
  });

  test('without the register a turned one is unknown', async () => {
    world.turn(WEST);
    world.record = undefined;
    const said = await world.said();
    expect(said).toEqual([
      ...REGIONS.map(region => `change change ${region} Turning`),
      'unchecked unchecked us-east-2 -',
      ...REGIONS.map(region => `unknown mapping-role ${region} Turning`),
    ]);
  });

  test('one that is gone, and one that feeds another function or in other batches', async () => {
    world.mappings.delete(`${EAST} Mapping`);
    world.change('mappings', `${WEST} Mapping`, {
      FunctionName: 'arn:aws:lambda:us-west-2:1:function:other',
      BatchSize: 1,
    });
    expect(await world.said()).toEqual([
      `change change ${WEST} Mapping`,
      `change change ${WEST} Mapping`,
      `danger consumer-against-role ${EAST} Mapping`,
    ]);
  });

  test('one on its way is not told to be anything yet', async () => {
    world.change('mappings', `${EAST} Mapping`, { State: 'Updating' });
    expect(await world.said()).toEqual([`unchecked unchecked ${EAST} Mapping`]);
  });
});

describe('DNS', () => {
  const record = (at: number, part: object) => Object.assign(world.recordSets[at] as object, part);

  test('BP-34 names and values in the form of Route 53 are the same', async () => {
    record(0, { AliasTarget: { DNSName: `BALANCER-${EAST}.elb.`, HostedZoneId: 'Z2' } });
    expect(await world.said()).toEqual([]);
  });

  test.each([
    ['another target', { AliasTarget: { DNSName: 'elsewhere.', HostedZoneId: 'Z2' } }],
    ['a health check that nobody has declared', { HealthCheckId: 'strange' }],
    ['its role', { Failover: 'PRIMARY' }],
    [
      'that it looks at the target',
      { AliasTarget: { DNSName: `balancer-${WEST}.elb`, HostedZoneId: 'Z2', EvaluateTargetHealth: true } },
    ],
  ])('a record with %s is a danger', async (_what, part) => {
    record(1, part);
    const dangers = await world.said();
    expect(dangers).toEqual([`danger dns-change ${WEST} Record`]);
  });

  test('a record that is gone is a danger; so is one that no template declares', async () => {
    world.recordSets.pop();
    world.recordSets.push({
      Name: 'orders.example.com.',
      Type: 'A',
      SetIdentifier: 'by-hand',
      TTL: 60,
      ResourceRecords: ['192.0.2.1'],
    });
    expect(await world.said()).toEqual([
      `danger dns-change ${EAST} orders.example.com. A by-hand`,
      `danger dns-change ${WEST} Record`,
    ]);
  });

  test('with a Region that could not be read, nobody can say that a record is declared nowhere', async () => {
    const said = await world.said({ [`${WEST}/orders`]: { fails: denied('describing orders') } });
    expect(said).toEqual([`unchecked unchecked ${WEST} -`]);
  });

  test.each([
    ['disabled, which counts as healthy for good', 'Own', { Disabled: true }],
    ['no longer inverted', 'Not', { Inverted: false }],
    ['calculated from fewer', 'Turn', { ChildHealthChecks: [`${EAST} Own`] }],
    ['calculated with another threshold', 'Turn', { HealthThreshold: 1 }],
    ['asking somebody else', 'Own', { FullyQualifiedDomainName: 'elsewhere.example.com' }],
    ['slower', 'Own', { RequestInterval: 30 }],
  ])('a health check that is %s is a danger', async (_what, name, part) => {
    world.change('checks', `${EAST} ${name}`, part);
    expect(await world.said()).toEqual([`danger dns-change ${EAST} ${name}`]);
  });

  test('a health check that is gone is a danger', async () => {
    world.checks.delete(`${EAST} Turn`);
    expect(await world.said()).toEqual([`danger dns-change ${EAST} Turn`]);
  });
});

describe('members of the global database', () => {
  const members = (...list: readonly [string, boolean][]) => {
    world.global = {
      moving: false,
      deletionProtection: true,
      members: list.map(([arn, isWriter]) => ({ arn, isWriter })),
    };
  };

  test('a writer that moved without the register is a danger, and is not explained', async () => {
    world.write(WEST);
    expect(await world.said()).toEqual([`danger writer-misplaced ${EAST} Global`]);
  });

  test('nor is one that stayed when the register moved', async () => {
    world.record = { epoch: 2, phase: 'active', region: WEST };
    world.turn(WEST);
    world.cache(WEST);
    expect((await world.said()).filter(each => each.startsWith('danger'))).toEqual([
      `danger writer-misplaced ${EAST} Global`,
    ]);
  });

  test('a member that was taken away is a danger', async () => {
    members([cluster(EAST), true]);
    expect(await world.said()).toEqual([`danger replica-detached ${EAST} Global`]);
  });

  test('without the register a swap is unknown, and the register is told', async () => {
    world.failOver();
    world.turn(EAST);
    world.cache(EAST);
    world.fails.set('register', new HoldfastError('unavailable', 'reading the register: TimeoutError'));
    expect(await world.said()).toEqual([
      `change change ${EAST} Global`,
      `unchecked unchecked ${EAST} -`,
      `unknown role-swap ${EAST} Global`,
    ]);
  });

  test('while a move is under way nothing is told of roles', async () => {
    world.record = { epoch: 2, phase: 'promoting', region: WEST };
    world.global = { moving: true, deletionProtection: true, members: [] };
    const findings = await world.findings();
    expect(findings.map(({ class: kind, resource }) => `${kind} ${resource}`).sort()).toEqual([
      'unchecked -',
      'unchecked Global',
    ]);
    expect(findings.find(({ resource }) => resource === '-')?.why).toContain('promoting us-west-2');
  });

  test('protection that was taken off by hand is a danger', async () => {
    world.global = { ...(world.global as NonNullable<World['global']>), deletionProtection: false };
    expect(await world.said()).toEqual([`danger protection-off ${EAST} Global`]);
  });

  test('a global cluster that is gone is a danger', async () => {
    world.global = undefined;
    expect(await world.said()).toContain(`danger stateful-loss ${EAST} Global`);
  });
});

describe('members of a global datastore', () => {
  test('a primary that stands elsewhere than the register says is told, moved or left behind', async () => {
    world.cache(WEST);
    expect(await world.said()).toEqual([`change change ${EAST} Store`]);
    world.failOver();
    world.cache(EAST);
    expect((await world.said()).filter(each => each.includes('Store'))).toEqual([
      `change change ${EAST} Store`,
    ]);
  });

  test('a member that is lost is a danger, and so is the whole', async () => {
    world.datastore = {
      status: 'primary-only',
      members: [{ id: `cache-${EAST}`, region: EAST, isPrimary: true }],
    };
    expect(await world.said()).toEqual([`danger replica-detached ${EAST} Store`]);
    world.datastore = undefined;
    expect(await world.said()).toContain(`danger stateful-loss ${EAST} Store`);
  });

  test('while it is modified nothing is told of its roles', async () => {
    world.datastore = { status: 'modifying', members: [] };
    expect(await world.said()).toEqual([`unchecked unchecked ${EAST} Store`]);
  });
});

describe('configurations', () => {
  const roll = (region: string, number: number, version: string, state = 'COMPLETE', content = version) => {
    world.deployments.get(region)?.push({ number, profile: 'service', version, state });
    world.contents.set(`${region} ${version}`, content);
  };

  test('a later one in every Region is expected', async () => {
    for (const region of REGIONS) roll(region, 2, '2');
    expect(await world.said()).toEqual(REGIONS.map(region => `expected config-rolled-out ${region} Rollout`));
  });

  test('a later one in one Region alone is told there', async () => {
    roll(WEST, 2, '2');
    expect((await world.said()).filter(each => !each.startsWith('expected'))).toEqual([
      `change config-apart ${WEST} Rollout`,
    ]);
  });

  test('numbers need not run in step where contents do', async () => {
    roll(EAST, 2, '2', 'COMPLETE', 'same');
    roll(WEST, 2, '7', 'COMPLETE', 'same');
    expect((await world.said()).every(each => each.startsWith('expected config-rolled-out'))).toBe(true);
  });

  test('one number with two contents is told', async () => {
    world.contents.set(`${WEST} 1`, 'other');
    expect(await world.said()).toEqual([`change config-apart ${WEST} Rollout`]);
  });

  test('Regions are held against the active one', async () => {
    world.failOver();
    world.contents.set(`${WEST} 1`, 'other');
    expect((await world.said()).filter(each => each.startsWith('change'))).toEqual([
      `change config-apart ${EAST} Rollout`,
    ]);
  });

  test('one that was rolled back is told, and one under way is waited for', async () => {
    roll(EAST, 2, '2', 'ROLLED_BACK');
    roll(WEST, 2, '2', 'BAKING');
    expect(await world.said()).toEqual([
      `change config-apart ${EAST} Rollout`,
      `unchecked unchecked ${WEST} Rollout`,
    ]);
  });

  test('roll-outs of another profile do not count', async () => {
    world.deployments.get(EAST)?.push({ number: 2, profile: 'flags', version: '9', state: 'COMPLETE' });
    expect(await world.said()).toEqual([]);
  });
});

describe('law 7: what could not be read is named, and hides nothing', () => {
  const METHODS = [
    'actions',
    'group',
    'setting',
    'mapping',
    'records',
    'healthCheck',
    'globalCluster',
    'globalDatastore',
    'rollouts',
  ] as const;

  test.each(METHODS)('%s', async method => {
    world.fails.set(method, denied(`asking for ${method}`));
    // Something beside it that is found all the same.
    world.write(WEST);
    world.change('checks', `${EAST} Own`, { Disabled: true });
    const { verdict, findings } = await world.report();
    const unchecked = findings.filter(({ class: kind }) => kind === 'unchecked');
    expect(unchecked.length).toBeGreaterThan(0);
    expect(
      unchecked.every(({ why, resource }) => why.includes(`asking for ${method}`) && resource !== '-'),
    ).toBe(true);
    expect(verdict).toBe('danger');
  });

  test('nothing that can be read: every resource is unchecked and none is clean', async () => {
    for (const method of METHODS) world.fails.set(method, denied('all'));
    const { verdict, counts } = await world.report();
    expect(verdict).toBe('unchecked');
    expect(counts).toMatchObject({ checked: 0, unchecked: 2 * 9 + 2 + 2 * 2 });
  });

  test('exports: what refers to one cannot be told, and all else is looked at', async () => {
    world.exportsFail = denied('listing exports');
    world.change('checks', `${EAST} Own`, { Disabled: true });
    expect(await world.said()).toEqual([
      `danger dns-change ${EAST} Own`,
      `unchecked unchecked ${EAST} -`,
      `unchecked unchecked ${EAST} Record`,
      `unchecked unchecked ${WEST} -`,
      `unchecked unchecked ${WEST} Record`,
    ]);
  });

  test('a stack that is not there is unchecked', async () => {
    const said = await world.said({ [`${WEST}/orders`]: undefined as never });
    expect(said).toContain(`unchecked unchecked ${WEST} -`);
  });
});
