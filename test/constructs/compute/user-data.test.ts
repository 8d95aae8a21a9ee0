import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { environmentRules, renderUserData, SHEBANG } from '../../../constructs/compute/user-data';

const file = (name: string) => ({
  bucketName: 'artifacts',
  objectKey: `${name}.tgz`,
  sha256: name.charCodeAt(0).toString(16).repeat(32),
});

const render = (
  environment: Record<string, string> = {},
  entry: 'service' | 'worker' = 'service',
  buildParameter?: string,
) =>
  [
    SHEBANG,
    renderUserData({
      entry,
      environment,
      buildParameter,
      artifact: { app: file('app'), runtime: file('runtime') },
      region: 'us-east-2',
      healthPort: entry === 'service' ? 8080 : undefined,
      bootSeconds: 600,
      signal: { stackName: 'orders-service', logicalId: 'Blue', roleName: 'clone' },
    }),
  ].join('\n');

/** Reads the environment the way the lab does: the lines between the two markers. */
function readBack(script: string): Record<string, string> {
  const lines = script.split('\n');
  const first = lines.indexOf("cat > /etc/holdfast/service.env <<'HOLDFAST_ENV'") + 1;
  const last = lines.indexOf('HOLDFAST_ENV');
  const pairs = lines.slice(first, last).map(line => {
    const at = line.indexOf('=');
    return [line.slice(0, at), line.slice(at + 1)] as const;
  });
  return Object.fromEntries(pairs);
}

test.each(['service', 'worker'] as const)('is a script that bash can read: %s', entry => {
  const checked = spawnSync('bash', ['-n'], { input: render({ A: 'b' }, entry), encoding: 'utf8' });
  expect(checked.stderr).toBe('');
  expect(checked.status).toBe(0);
});

test('names artifact and run time for whoever reads instead of running', () => {
  const script = render();
  expect(script).toContain(
    `\n# holdfast-artifact s3://artifacts/app.tgz sha256=${'61'.repeat(32)} entry=service\n`,
  );
  expect(script).toContain(`\n# holdfast-runtime s3://artifacts/runtime.tgz sha256=${'72'.repeat(32)}\n`);
});

test('checks what it fetched before it unpacks it', () => {
  const script = render();
  expect(script.indexOf('sha256sum --check --strict')).toBeGreaterThan(script.indexOf('aws s3 cp'));
  expect(script.indexOf('tar -xzf')).toBeGreaterThan(script.indexOf('sha256sum --check --strict'));
});

test('the process does not run as root and comes back when it dies', () => {
  const script = render();
  for (const line of [
    'User=holdfast',
    'Restart=always',
    'StartLimitIntervalSec=0',
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'EnvironmentFile=/etc/holdfast/service.env',
    'ExecStart=/opt/holdfast/runtime/bin/node /opt/holdfast/app/service/index.cjs',
  ]) {
    expect(script.split('\n')).toContain(line);
  }
});

test('a failed signal fails no boot (law 9)', () => {
  expect(render()).toMatch(/cfn-signal[\s\S]*\|\| true\n}/);
});

test("a boot reaches the Region's S3, the instance itself and CloudFormation: no package repository", () => {
  expect(render()).not.toMatch(/\b(?:dnf|yum|npm|pip)\b/);
});

test('a service is up once it answers, a worker once its unit stays', () => {
  expect(render()).toContain('http://127.0.0.1:8080/healthz');
  expect(render({}, 'worker')).not.toContain('/healthz');
  expect(render({}, 'worker')).toContain('systemctl is-active');
});

describe('environment', () => {
  const key = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,30}$/);
  const value = fc.string({ unit: 'binary', maxLength: 60 });

  test('every environment that the rules accept is read back as it was', () => {
    fc.assert(
      fc.property(fc.dictionary(key, value), environment => {
        const accepted = environmentRules(environment).every(rule => rule === undefined || rule === false);
        fc.pre(accepted);
        expect(readBack(render(environment))).toEqual({ ...environment });
      }),
    );
  });

  test.each(['two\nlines', 'a\r', '"quoted"', "it's", 'back\\slash', ' before', 'after '])(
    'refuses %j',
    text => {
      expect(environmentRules({ KEY: text })).toContainEqual(
        expect.objectContaining({ path: 'environment.KEY', received: text }),
      );
    },
  );

  test.each(['lower', '1ST', 'A-B', ''])('refuses the name %j', name => {
    expect(environmentRules({ [name]: 'x' })).toContainEqual(
      expect.objectContaining({ path: `environment.${name}` }),
    );
  });
});

describe('which build a clone fetches where a release may name it', () => {
  const app = file('app');
  /** Runs the lines that decide, with an AWS CLI that answers as told, and a `fetch` that says what it was asked for. */
  const decide = (aws: string) => {
    const lines = render({}, 'service', '/orders/live/build/orders-green').split('\n');
    const first = lines.findIndex(line => line.startsWith('released=$('));
    const decision = lines
      .slice(first, first + 11)
      .join('\n')
      .replaceAll('/opt/holdfast', tmpdir());
    const script = `set -Eeuo pipefail\nfetch() { echo "fetch $*"; }\naws() { ${aws}; }\n${decision}`;
    return spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  };
  const template = `fetch s3://artifacts/app.tgz ${app.sha256} ${tmpdir()}/app\n`;
  const notFound = 'echo "An error occurred (ParameterNotFound)" >&2; return 254';

  test.each([
    ['none is named', notFound, template],
    ['the parameter says so', 'echo template', template],
    [
      'a build is named',
      `echo "k/b.tgz ${'1'.repeat(64)}"`,
      `fetch s3://artifacts/k/b.tgz ${'1'.repeat(64)} ${tmpdir()}/app\n`,
    ],
  ])('%s', (_when, aws, expected) => {
    const run = decide(aws);
    expect({ status: run.status, fetched: run.stdout.split('\n').slice(-2).join('\n') }).toEqual({
      status: 0,
      fetched: expected,
    });
  });

  test.each([
    ['the parameter cannot be read', 'echo "An error occurred (ThrottlingException)" >&2; return 254'],
    ['it names something else', 'echo "k/b.tgz short"'],
    ['it has more words than a build has', `echo "k/b.tgz bucket ${'1'.repeat(64)}"`],
  ])('it does not boot when %s', (_when, aws) => {
    const run = decide(aws);
    expect(run.status).not.toBe(0);
    expect(run.stdout).not.toContain('fetch ');
  });
});
