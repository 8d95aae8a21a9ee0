// Each variable that the run time reads is set by a construct or a stack, or the guide says that you set it, and why.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RegionStage } from '../../stacks';
import { ROOT, sources } from '../helpers/sources';
import { example, newApp } from './example';

/** Names in literals; the one that stands for two is what `serviceAddressPart` makes names of. */
function read(): ReadonlySet<string> {
  const names = sources('lib').flatMap(({ file, text }) =>
    /^lib\/(runtime|service|handlers)\//.test(file)
      ? [...text.matchAll(/['"`](HOLDFAST_[A-Z_]+)['"`]/g)].map(([, name]) => name ?? '')
      : [],
  );
  const whole = names.flatMap(name =>
    name === 'HOLDFAST_PAYMENT' ? ['HOLDFAST_PAYMENT_URL', 'HOLDFAST_PAYMENT_NAME'] : [name],
  );
  return new Set(whole);
}

const set = new Set(
  sources('constructs', 'stacks').flatMap(({ text }) =>
    [...text.matchAll(/\b(HOLDFAST_[A-Z_]+)(?:['"]|:|=)/g)].map(([, name]) => name ?? ''),
  ),
);
const guide = readFileSync(path.join(ROOT, 'docs/service.md'), 'utf8');
const byYou = new Set(
  [
    ...(guide.split('### Set by you')[1]?.split(/\n##/)[0] ?? '').matchAll(/^\| (`[^|]+) \| .{20,} \|$/gm),
  ].flatMap(([, cell = '']) => [...cell.matchAll(/`(HOLDFAST_[A-Z_]+)`/g)].map(([, name]) => name ?? '')),
);

test('what is read is set, or set by you', () => {
  expect(read().size).toBeGreaterThan(50);
  expect([...read()].filter(name => !set.has(name) && !byYou.has(name)).sort()).toEqual([]);
});

test('what is said to be set by you is read, and set by nothing else', () => {
  expect([...byYou].filter(name => !read().has(name) || set.has(name)).sort()).toEqual([]);
});

describe('what is set by you', () => {
  const outdir = mkdtempSync(path.join(tmpdir(), 'holdfast-environment-'));
  afterAll(() => rmSync(outdir, { recursive: true, force: true }));
  const stageWith = (environment: Record<string, string>) =>
    new RegionStage(newApp(outdir), 'us-east-2', { topology: example(), environment });

  test('is in the environment of clones and workers', () => {
    const stage = stageWith({ HOLDFAST_RATE_LIMIT: '100/1' });
    const { stacks } = stage.synth();
    const service = stacks.find(({ hierarchicalId }) => hierarchicalId.endsWith('/service'));
    const text = JSON.stringify(service?.template);
    expect(text.split('HOLDFAST_RATE_LIMIT=100/1')).toHaveLength(4);
  });

  test('is refused where the blueprint sets it, by its path', () => {
    for (const name of ['HOLDFAST_DATABASE_HOST', 'HOLDFAST_ANALYTICS_STORE']) {
      expect(() => stageWith({ [name]: 'elsewhere' })).toThrow(
        new RegExp(`environment.${name}.*set by the blueprint`, 's'),
      );
    }
  });
});
