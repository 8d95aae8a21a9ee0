import fc from 'fast-check';
import { EnvironmentReader } from '../../../lib/runtime/environment/environment-reader';
import { residencyPart } from '../../../lib/runtime/environment/residency-environment';
import { parseResidency, ResidencyPolicy } from '../../../lib/runtime/residency/residency-policy';
import { decideResidency } from '../../../lib/runtime/residency/residency-routing';

const TEXT = 'eu=eu-west-1,eu-central-1; us=us-east-1; *=us-east-1,eu-west-1';

test('a jurisdiction goes where the policy says, an unknown one nowhere, an untagged one by its own rule', () => {
  const policy = parseResidency(TEXT);
  expect(policy.allows('eu', 'eu-central-1')).toBe(true);
  expect(policy.allows('eu', 'us-east-1')).toBe(false);
  expect(policy.allows('ch', 'eu-central-1')).toBe(false);
  expect(policy.allows(undefined, 'eu-west-1')).toBe(true);
  expect(new ResidencyPolicy({ eu: ['eu-west-1'] }).allows(undefined, 'eu-west-1')).toBe(false);
  expect(policy.outside('eu', ['eu-west-1', 'us-east-1', 'us-west-2'])).toEqual(['us-east-1', 'us-west-2']);
});

test.each([
  ['eu'],
  ['eu='],
  ['=eu-west-1'],
  ['eu=eu-west-1;eu=us-east-1'],
  ['EU=eu-west-1'],
  ['eu=eu west'],
  [''],
])('refuses the text "%s"', text =>
  expect(() => parseResidency(text)).toThrow(expect.objectContaining({ code: 'invalid-input' })),
);

test('the environment says it, or is not usable, or restricts nothing', () => {
  const read = (value: string | undefined) => {
    const reader = new EnvironmentReader({ HOLDFAST_RESIDENCY: value });
    const policy = residencyPart(reader);
    reader.finish();
    return policy;
  };
  expect(read(TEXT)?.allows('us', 'us-east-1')).toBe(true);
  expect(read(undefined)).toBeUndefined();
  expect(() => read('nonsense')).toThrow(expect.objectContaining({ code: 'environment' }));
});

test('a request that came to the wrong Region is told where to go, by 421 and not by a redirect', () => {
  const policy = parseResidency(TEXT);
  const endpoints = { 'eu-west-1': 'https://eu-west-1.orders.example' };
  expect(decideResidency(policy, { jurisdiction: 'eu', region: 'eu-west-1' })).toEqual({ kind: 'here' });
  const decision = decideResidency(policy, { jurisdiction: 'eu', region: 'us-east-1' }, endpoints);
  expect(decision).toMatchObject({
    kind: 'refused',
    answer: {
      status: 421,
      headers: { connection: 'close' },
      body: {
        jurisdiction: 'eu',
        regions: [
          { region: 'eu-west-1', endpoint: 'https://eu-west-1.orders.example' },
          { region: 'eu-central-1' },
        ],
      },
    },
  });
  expect(JSON.stringify(decision)).not.toContain('location');
  expect(decideResidency(policy, { jurisdiction: 'ch', region: 'us-east-1' })).toMatchObject({
    answer: { status: 403, body: { regions: [] } },
  });
});

test('whatever the policy, a request is served only where its jurisdiction may be, and is only sent there', () => {
  const region = fc.constantFrom('a', 'b', 'c', 'd');
  const rules = fc.dictionary(
    fc.constantFrom('eu', 'us', 'ch', '*'),
    fc.uniqueArray(region, { minLength: 1 }),
  );
  const jurisdiction = fc.option(fc.constantFrom('eu', 'us', 'ch', 'xx', '__proto__', 'constructor'), {
    nil: undefined,
  });
  fc.assert(
    fc.property(rules, jurisdiction, region, (named, tag, here) => {
      const decision = decideResidency(new ResidencyPolicy(named), { jurisdiction: tag, region: here });
      const may: readonly string[] = Object.hasOwn(named, tag ?? '*') ? (named[tag ?? '*'] ?? []) : [];
      if (decision.kind === 'here') return may.includes(here);
      return !may.includes(here) && decision.answer.body.regions.every(place => may.includes(place.region));
    }),
  );
});
