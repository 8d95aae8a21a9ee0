import { runCli } from '../helpers/cli';
import type { TerraformFolder, TerraformRun } from '../helpers/terraform/terraform';
import { StandInWorld } from './stand-in-region';

// A structural check: Terraform itself, against a provider that stands in for AWS (docs/decisions/0112).
jest.setTimeout(120_000);

const binary = process.env.HOLDFAST_TERRAFORM ?? 'terraform';
let world: StandInWorld;
let seed: TerraformFolder;
let second: TerraformFolder;

const good = (run: TerraformRun): TerraformRun => {
  if (run.exitCode !== 0) throw new Error(run.text.slice(-4_000));
  return run;
};

beforeAll(async () => {
  world = new StandInWorld(binary);
  await world.start();
  seed = world.region('us-east-2');
  second = world.region('us-west-2');
  for (const region of [seed, second]) good(await region.run('init'));
});
afterAll(() => world?.stop());

test('Terraform finds both Regions valid', async () => {
  for (const region of [seed, second]) expect((await region.run('validate')).text).toContain('Success!');
});

test('Terraform refuses what is wrong, so that "valid" means something', async () => {
  const faulty = world.region('us-east-2', 'faulty');
  faulty.write('faults.tf.json', {
    resource: {
      aws_vpc: { unknown: { cidr_block: '10.0.0.0/16', no_such_argument: true } },
      aws_subnet: { missing: { cidr_block: '10.0.0.0/20' } },
      aws_sns_topic: { undeclared: { name: ['$', '{aws_sqs_queue.nowhere.name}'].join('') } },
      aws_sqs_queue: { mistyped: { visibility_timeout_seconds: ['thirty'] } },
      aws_lb_listener: {
        misnested: { load_balancer_arn: 'a', default_action: { type: 'forward', forwards: {} } },
      },
    },
  });
  good(await faulty.run('init'));
  const { exitCode, text } = await faulty.run('validate');
  expect(exitCode).toBe(1);
  for (const fault of ['no_such_argument', 'vpc_id', 'nowhere', 'visibility_timeout_seconds', 'forwards']) {
    expect(text).toContain(fault);
  }
});

test('a Region is applied, its artifacts are copied before its groups, and the next plan is empty', async () => {
  const applied = good(await seed.run('apply', '-auto-approve'));
  const at = (text: string) => applied.text.indexOf(text);
  expect(at('terraform_data.artifacts: Creation complete')).toBeGreaterThan(0);
  expect(at('aws_autoscaling_group.service_blue_group_asg: Creating')).toBeGreaterThan(
    at('terraform_data.artifacts: Creation complete'),
  );
  expect(world.awsCalls).toEqual([
    's3 sync --size-only --only-show-errors ./artifacts s3://orders-artifacts-000000000000-us-east-2 FOLDER=./artifacts BUCKET=orders-artifacts-000000000000-us-east-2 AWS_REGION=us-east-2',
  ]);
  const { exitCode, text } = await seed.run('plan', '-detailed-exitcode');
  expect(text).toContain('No changes.');
  expect(exitCode).toBe(0);
});

test('a team takes a Region as a module from plain HCL, and the tests of the module pass', async () => {
  const root = world.plainRoot();
  good(await root.run('init'));
  expect((await root.run('validate')).text).toContain('Success!');
  const module = world.module('us-west-2');
  good(await module.run('init'));
  const tested = await module.run('test');
  expect(tested.text).toContain('Success! 4 passed, 0 failed.');
});

test('neither a state nor a plan holds the password', async () => {
  const { text } = good(await seed.run('state', 'pull'));
  expect(text).toContain('"master_username": "holdfast_admin"');
  expect(text).not.toContain('made-up');
});

test('BP-58: after a failover, with weights shifted and floors raised, a plan holds the next real change and no more', async () => {
  const { provider } = world;
  const cluster = provider.find('aws_rds_cluster', 'cluster_identifier', 'orders-us-east-2');
  const listener = provider.find('aws_lb_listener', 'port', 443);
  const group = provider.find('aws_autoscaling_group', 'name', 'orders-blue');
  cluster.replication_source_identifier = 'arn:aws:rds:us-west-2:000000000000:cluster:orders-us-west-2';
  const [action] = listener.default_action as { forward: { target_group: { weight: number }[] }[] }[];
  const targets = action?.forward[0]?.target_group ?? [];
  expect(targets).toHaveLength(2);
  for (const target of targets) target.weight = 100 - target.weight;
  group.min_size = 9;
  group.desired_capacity = 11;
  const queue = { service_work_queue: { visibility_timeout_seconds: 45 } };
  seed.write('change_override.tf.json', { resource: { aws_sqs_queue: queue } });
  const applied = good(await seed.run('apply', '-auto-approve'));
  expect(applied.text).toContain('Resources: 0 added, 1 changed, 0 destroyed.');
  expect(provider.calls.at(-1)).toEqual({ action: 'update', type: 'aws_sqs_queue', name: 'orders-work' });
  expect(provider.find('aws_autoscaling_group', 'name', 'orders-blue').min_size).toBe(9);
});

test('what was edited behind its back is found by the drift bot, from a plan that Terraform makes', async () => {
  const rule = world.provider.find('aws_security_group', 'description', 'Database members of this Region');
  rule.description = 'edited by hand';
  const { exitCode, stdout, stderr } = await runCli(
    [
      'terraform',
      'plan-check',
      '--in',
      world.cdktfOut,
      '--region',
      'us-east-2',
      '--binary',
      binary,
      '--fail-on',
      'change',
      '--json',
    ],
    { env: world.processEnvironment },
  );
  const report = JSON.parse(stdout) as { verdict: string; findings: { class: string; resource: string }[] };
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('us-east-2')]);
  const told = report.findings.filter(each => each.class === 'change' || each.class === 'danger');
  expect([...new Set(told.map(({ resource }) => resource))]).toEqual([
    'aws_security_group.data_database_security_group',
  ]);
  rule.description = 'Database members of this Region';
});

test('BP-65: nothing tears the database down while it is protected; without protection members go first', async () => {
  const database = '-target=aws_rds_global_cluster.data_database_global_cluster';
  const refused = await seed.run('destroy', '-auto-approve', database);
  expect([refused.exitCode, refused.text.includes('Instance cannot be destroyed')]).toEqual([1, true]);
  const off = { lifecycle: { prevent_destroy: false } };
  const unprotected = {
    resource: {
      aws_rds_global_cluster: { data_database_global_cluster: off },
      aws_rds_cluster: { data_database_cluster: off },
      aws_rds_cluster_instance: { data_database_instance1: off, data_database_instance2: off },
    },
  };
  const { aws_rds_global_cluster: _global, ...ofMember } = unprotected.resource;
  second.write('unprotected_override.tf.json', { resource: ofMember });
  const members = [
    '-target=aws_rds_cluster_instance.data_database_instance1',
    '-target=aws_rds_cluster_instance.data_database_instance2',
  ];
  good(await second.run('apply', '-auto-approve', ...members));
  world.provider.calls.length = 0;
  good(await second.run('destroy', '-auto-approve', '-target=aws_rds_cluster.data_database_cluster'));
  seed.write('unprotected_override.tf.json', unprotected);
  good(await seed.run('destroy', '-auto-approve', '-refresh=false', database));
  const gone = world.provider.calls
    .filter(({ action, type }) => action === 'delete' && type.startsWith('aws_rds_'))
    .map(({ name }) => name);
  expect(gone.slice(0, 2).sort()).toEqual(['orders-us-west-2-1', 'orders-us-west-2-2']);
  expect(gone.slice(2, 5).sort()).toEqual(['orders-us-east-2-1', 'orders-us-east-2-2', 'orders-us-west-2']);
  expect(gone.slice(2, 3)).toEqual(['orders-us-west-2']);
  expect(gone.slice(5)).toEqual(['orders-us-east-2', 'orders-global']);
});
