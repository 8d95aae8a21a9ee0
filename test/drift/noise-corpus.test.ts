import { type JsonObject, own } from '../../lib/drift/compare/values';
import type { Json } from '../../lib/drift/model';
import { SETS } from '../../lib/drift/rules/noise/list-order';
import { Random } from '../helpers/simulation';
import { deployed } from './judged';
import { otherForm } from './mutations';
import { blueprintTemplates } from './templates';

const PROVE = process.env.HOLDFAST_PROVE === '1';
const PAIRS = PROVE ? 2000 : 120;

type Churn = (template: JsonObject, random: Random) => JsonObject;

/** A template with something changed at every place that a function takes. */
function everywhere(value: Json, change: (value: Json, name: string) => Json, name = ''): Json {
  const changed = change(value, name);
  if (Array.isArray(changed)) return (changed as readonly Json[]).map(each => everywhere(each, change, ''));
  if (typeof changed !== 'object' || changed === null) return changed;
  return Object.fromEntries(
    Object.entries(changed).map(([key, each]) => [key, everywhere(each, change, key)]),
  );
}

const shuffled = (list: readonly Json[], random: Random): readonly Json[] => {
  const rest = [...list];
  return list.map(() => rest.splice(Math.floor(random.next() * rest.length), 1)[0] as Json);
};

/** Properties of which another order replaces in the CDK's eyes and in CloudFormation's. */
const REPLACING = /^(?:AvailabilityZones|SubnetIds|AttributeDefinitions|SecurityGroups|Regions)$/;

/** What happens to templates without anybody's doing. */
const CHURNS: Readonly<Record<string, Churn>> = {
  forms: template => otherForm(template) as JsonObject,
  order: (template, random) =>
    everywhere(template, (value, name) =>
      Array.isArray(value) && SETS.has(name) && !REPLACING.test(name)
        ? shuffled(value as readonly Json[], random)
        : value,
    ) as JsonObject,
  statements: (template, random) =>
    everywhere(template, (value, name) => {
      if (name === 'Statement' && Array.isArray(value)) return shuffled(value as readonly Json[], random);
      const action = own(own(value, 'Effect') === undefined ? undefined : value, 'Action');
      if (typeof action === 'string') return { ...(value as JsonObject), Action: [action] };
      return Array.isArray(action) ? { ...(value as JsonObject), Action: shuffled(action, random) } : value;
    }) as JsonObject,
  hashes: (template, random) =>
    everywhere(template, (value, name) => {
      if (name !== 'S3Key' || typeof value !== 'string') return value;
      const digest = Array.from({ length: 64 }, () => Math.floor(random.next() * 16).toString(16)).join('');
      return value.replace(/[0-9a-f]{64}/, digest);
    }) as JsonObject,
  metadata: (template, random) => ({
    ...template,
    Resources: {
      ...(template.Resources as JsonObject),
      CDKMetadata: { Type: 'AWS::CDK::Metadata', Properties: { Analytics: `v2:${random.next()}` } },
    },
    Conditions: {
      ...(template.Conditions as JsonObject | undefined),
      CDKMetadataAvailable: { 'Fn::Equals': [1, 1] },
    },
  }),
  mangled: template => template,
};

test(`${PAIRS} pairs in which nothing changed: none is reported`, () => {
  const templates = blueprintTemplates(PROVE ? undefined : 'us-east-2');
  const names = Object.keys(CHURNS);
  const wrong: string[] = [];
  const seen: Record<string, number> = {};
  for (let seed = 1; seed <= PAIRS; seed += 1) {
    const random = new Random(seed);
    const before = templates[seed % templates.length] as JsonObject;
    const churn = names[Math.floor(seed / templates.length) % names.length] as string;
    // What CloudFormation gives back of a text that is not ASCII stands before, not after.
    const after =
      churn === 'mangled' ? described(before, 'Bestätigt: ü') : (CHURNS[churn] as Churn)(before, random);
    const old = churn === 'mangled' ? described(before, 'Best?tigt: ?') : before;
    for (const found of deployed(old, after)) {
      // What is read at deploy is never clean, also where nothing changed.
      if (found.rule === 'resolved-at-deploy') continue;
      seen[found.rule] = (seen[found.rule] ?? 0) + 1;
      if (found.class !== 'noise')
        wrong.push(
          `seed ${seed} (${churn}): ${found.resource} ${found.type} ${found.path}: ${found.rule} ${found.why}`,
        );
    }
  }
  process.stderr.write(`noise, by rule: ${JSON.stringify(seen)}\n`);
  expect(wrong.slice(0, 10)).toEqual([]);
  for (const rule of ['list-order', 'policy-form', 'asset-hash', 'tool-metadata', 'mangled-text']) {
    expect(seen[rule] ?? 0).toBeGreaterThan(0);
  }
});

/** Every description with another text, those left out of which a change replaces the resource: that is always told. */
const described = (template: JsonObject, text: string): JsonObject =>
  everywhere(template, value =>
    typeof own(value, 'Description') === 'string' && own(value, 'Family') === undefined
      ? { ...(value as JsonObject), Description: text }
      : value,
  ) as JsonObject;
