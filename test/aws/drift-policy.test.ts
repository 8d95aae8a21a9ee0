import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, sources } from '../helpers/sources';

/** Prefix of a service's actions by the name of its SDK client, where they are not the same. */
const PREFIXES: Readonly<Record<string, string>> = {
  'auto-scaling': 'autoscaling',
  'elastic-load-balancing-v2': 'elasticloadbalancing',
  'route-53': 'route53',
};

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: readonly string[];
}
const policy = JSON.parse(readFileSync(path.join(ROOT, 'docs/policies/drift.json'), 'utf8')) as {
  readonly Statement: readonly Statement[];
};

/** The actions that a file calls, by the commands and paginators that it imports of SDK clients. */
function actionsOf(text: string): readonly string[] {
  const imports = text.matchAll(/import \{([^}]*)\} from '@aws-sdk\/client-([a-z0-9-]+)'/g);
  return [...imports].flatMap(([, names = '', client = '']) =>
    [...names.matchAll(/\b(?:paginate(\w+)|(\w+)Command)\b(?!Output|Input)/g)].map(
      ([, paginated, sent]) => `${PREFIXES[client] ?? client}:${paginated ?? sent}`,
    ),
  );
}

const files = sources('lib/aws').filter(({ file }) => /\/drift-[a-z-]+\.ts$/.test(file));
const called = (...names: readonly string[]) =>
  files
    .filter(({ file }) => names.includes(path.basename(file, '.ts')))
    .flatMap(({ text }) => actionsOf(text));
const allowed = (sid: string) => policy.Statement.find(({ Sid }) => Sid === sid)?.Action ?? [];
const sorted = (actions: readonly string[]) => [...new Set(actions)].sort();

test('each part of the policy holds exactly what the code behind it calls', () => {
  expect(sorted(allowed('ReadStacks'))).toEqual(sorted(called('drift-stacks')));
  // The register is read by the code that every drill reads it with.
  const live = [...called('drift-live', 'drift-dns', 'drift-config'), 'dynamodb:GetItem'];
  expect(sorted(allowed('ReadWhatRuns'))).toEqual(sorted(live));
  expect(sorted(allowed('DetectDrift'))).toEqual(sorted(called('drift-detection')));
  expect(sorted(allowed('MakeChangeSets'))).toEqual(sorted(called('drift-change-sets')));
});

test('no call stands outside of the policy, and nothing in it could change what runs', () => {
  const all = sorted(files.flatMap(({ text }) => actionsOf(text)));
  expect(all.length).toBeGreaterThan(15);
  expect(all.filter(action => !policy.Statement.some(({ Action }) => Action.includes(action)))).toEqual([]);
  const reading = policy.Statement.filter(({ Sid }) => Sid !== 'MakeChangeSets').flatMap(
    ({ Action }) => Action,
  );
  expect(reading.filter(action => !/:(?:Describe|Get|List|Detect)/.test(action))).toEqual([]);
  expect(
    policy.Statement.flatMap(({ Action }) => Action).filter(action => /Execute|\*/.test(action)),
  ).toEqual([]);
});
