import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { importsOf, sources } from '../helpers/sources';

const ROOT = path.join(__dirname, '../..');

test('cdktf is loaded in one place, and the bindings of the provider in none', () => {
  const files = sources('bin', 'stacks', 'constructs', 'lib', 'regions').filter(source =>
    importsOf(source).some(name => /^(@cdktf\/|cdktf(\/|$)|cdktn)/.test(name)),
  );
  expect(files.map(({ file }) => file)).toEqual(['lib/terraform/cdktf.ts']);
});

test('modules are counted in a process of their own: cdktf alone, and nothing of four hundred megabytes', () => {
  const script = `
    require(${JSON.stringify(path.join(ROOT, 'dist/lib/terraform/index.js'))});
    const files = Object.keys(require.cache);
    const of = name => files.filter(file => file.includes('/node_modules/' + name + '/')).length;
    console.log(JSON.stringify({ cdktf: of('cdktf'), bindings: of('@cdktf'), cdk: of('aws-cdk-lib'), all: files.length }));`;
  const counted = JSON.parse(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })) as Record<
    string,
    number
  >;
  expect(counted).toMatchObject({ bindings: 0, cdk: 0 });
  expect(counted.cdktf).toBeGreaterThan(50);
  expect(counted.all).toBeLessThan(500);
});
