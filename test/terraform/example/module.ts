import { readFileSync } from 'node:fs';
import path from 'node:path';
import { synthTerraform } from '../../../lib/terraform';
import { misfits } from '../../helpers/terraform/check';
import { type Blocks, exampleWorld, type World } from '../world';

interface Module {
  readonly resource: Blocks;
  readonly terraform: object;
}

let world: World;
let folder: string;
const read = (name: string): string => readFileSync(path.join(folder, 'modules/us-west-2', name), 'utf8');

beforeAll(() => {
  world = exampleWorld();
  folder = path.join(world.folder, 'with-modules');
  synthTerraform(world.templates, { folder, modules: true });
});

test('a module has the resources of the Region, and neither backend nor provider', () => {
  const module = JSON.parse(read('main.tf.json')) as Module;
  const names = (blocks: Blocks) =>
    Object.entries(blocks).flatMap(([type, named]) => Object.keys(named).map(name => `${type}.${name}`));
  expect(names(module.resource).sort()).toEqual(
    names(world.configurations['us-west-2']?.resource ?? {}).sort(),
  );
  expect(Object.keys(module).sort()).toEqual(['data', 'resource', 'terraform']);
  expect(module.terraform).not.toHaveProperty('backend');
  const wrong = Object.entries(module.resource).flatMap(([type, named]) =>
    Object.entries(named).flatMap(([name, body]) => misfits('resource', type, name, body)),
  );
  expect(wrong).toEqual([]);
});

test('inputs have the values of the topology, each is used, and what may only be raised is validated', () => {
  const { variable } = JSON.parse(read('variables.tf.json')) as {
    variable: Record<string, { default: unknown; description: string; validation?: object }>;
  };
  expect(Object.fromEntries(Object.entries(variable).map(([name, each]) => [name, each.default]))).toEqual({
    cache_node_type: 'cache.r7g.large',
    clone_instance_type: 'm7i.large',
    clone_maximum: 12,
    database_backup_days: 14,
    database_instance_class: 'db.r7g.large',
    image_parameter: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64',
    tags: {},
    worker_instance_type: 'm7i.large',
  });
  const main = read('main.tf.json');
  for (const name of Object.keys(variable)) expect(main).toContain(`var.${name}`);
  const raised = Object.entries(variable).filter(([, { validation }]) => validation !== undefined);
  expect(raised.map(([name]) => name)).toEqual(['clone_maximum', 'database_backup_days']);
});

test('the README names every input and output, and no more', () => {
  const readme = read('README.md');
  const listed = [...readme.matchAll(/^\| `(\w+)`/gm)].map(match => match[1]);
  const { variable } = JSON.parse(read('variables.tf.json')) as { variable: object };
  const { output } = JSON.parse(read('outputs.tf.json')) as { output: object };
  expect(listed.sort()).toEqual([...Object.keys(variable), ...Object.keys(output)].sort());
  expect(Object.keys(output)).toHaveLength(10);
});

test('outputs of the root module are those of the module', () => {
  const { output } = JSON.parse(read('outputs.tf.json')) as { output: object };
  const root = JSON.parse(readFileSync(path.join(folder, 'stacks/us-west-2/cdk.tf.json'), 'utf8')) as {
    output: object;
  };
  expect(root.output).toEqual(output);
});
