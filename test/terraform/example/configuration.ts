import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { withoutStack } from '../../../lib/handlers/live-settings';
import { deployState } from '../../../lib/runtime/live-settings/live-settings-lease';
import { synthTerraform } from '../../../lib/terraform';
import { LIVE_ARGUMENTS } from '../../../lib/terraform/lifecycle';
import { misfits } from '../../helpers/terraform/check';
import { type Configuration, exampleWorld, readConfiguration, resourcesOf, type World } from '../world';

const SEED = 'us-east-2';
const SECOND = 'us-west-2';
let world: World;
let seed: Configuration;
let second: Configuration;

beforeAll(() => {
  world = exampleWorld();
  seed = world.configurations[SEED] as Configuration;
  second = world.configurations[SECOND] as Configuration;
});

const both = () => [seed, second];
const ofType = (configuration: Configuration, type: string) =>
  resourcesOf(configuration).filter(([, each]) => each === type);
const lifecycleOf = (body: object): { ignore_changes?: string[]; prevent_destroy?: boolean } =>
  (body as { lifecycle?: object }).lifecycle ?? {};

describe('what is written', () => {
  test('every argument is one that the bindings of the provider know, of its type, and none is missing', () => {
    for (const configuration of both()) {
      const wrong = resourcesOf(configuration).flatMap(([address, type, body]) =>
        misfits('resource', type, address.split('.')[1] ?? '', body),
      );
      expect(wrong).toEqual([]);
      expect(resourcesOf(configuration).length).toBeGreaterThan(250);
    }
  });

  test('a Region reads everything from its own folder, and the zips are of the functions that are left', () => {
    const folder = path.join(world.folder, 'stacks', SEED);
    const named = [...seed.text.matchAll(/\$\{path\.module\}\/(assets\/[\w.]+)/g)].map(match => match[1]);
    const there = readdirSync(path.join(folder, 'assets')).map(name => `assets/${name}`);
    expect([...new Set(named)].sort()).toEqual(there.sort());
    expect(readdirSync(path.join(folder, 'artifacts'))).toHaveLength(2);
  });

  test('the name of a resource says what it is and not where: it is the same in every Region', () => {
    const names = (configuration: Configuration, zone: RegExp, region: RegExp) =>
      resourcesOf(configuration).map(([address]) => address.replace(zone, 'zone').replace(region, 'other'));
    const first = new Set(names(seed, /use2az/, /us_west_2/));
    const other = new Set(names(second, /usw2az/, /us_east_2/));
    const birth = [...first].filter(name => !other.has(name));
    expect([...other].filter(name => !first.has(name))).toEqual([]);
    // Only the seed is born with the register, the global database, its credentials and the checks of the chain.
    expect(birth.map(name => name.split('.')[0]).sort()).toEqual([
      'aws_dynamodb_table',
      'aws_rds_global_cluster',
      'aws_route53_health_check',
      'aws_route53_health_check',
      'aws_route53_health_check',
      'aws_secretsmanager_secret',
      'aws_secretsmanager_secret_version',
    ]);
  });
});

describe('the laws hold here too', () => {
  test('law 1: no block says which Region is active, and no Region but the seed has credentials', () => {
    expect(ofType(second, 'aws_rds_cluster')).toHaveLength(1);
    for (const [, , body] of ofType(second, 'aws_rds_cluster')) {
      expect(
        Object.keys(body).filter(name => /^master_|^manage_master|replication_source/.test(name)),
      ).toEqual([]);
    }
    expect(second.ephemeral).toBeUndefined();
    expect(seed.text + second.text).not.toMatch(/"(replication_source_identifier|primary_cluster_id)":/);
  });

  test('law 3: each Region has a state of its own, in itself, locked, and no block of one speaks of the other', () => {
    for (const [region, configuration] of [[SEED, seed] as const, [SECOND, second] as const]) {
      expect(configuration.terraform.backend.s3).toEqual({
        bucket: `orders-terraform-000000000000-${region}`,
        key: `orders/${region}/terraform.tfstate`,
        region,
        encrypt: true,
        use_lockfile: true,
      });
    }
    expect(seed.text + second.text).not.toContain('terraform_remote_state');
    const used = (configuration: Configuration) =>
      [...configuration.text.matchAll(/\b(aws_[a-z0-9_]+\.[a-z0-9_]+)\.[a-z]/g)].map(match => match[1] ?? '');
    for (const configuration of both()) {
      const own = new Set([
        ...resourcesOf(configuration).map(([address]) => address),
        ...Object.entries({ ...configuration.data, ...configuration.ephemeral }).flatMap(([type, named]) =>
          Object.keys(named).map(name => `${type}.${name}`),
        ),
      ]);
      const all = used(configuration);
      expect(all.length).toBeGreaterThan(200);
      expect(
        all.filter(
          address => !own.has(address) && !/^aws_secretsmanager_secret_version\.\w+_stored$/.test(address),
        ),
      ).toEqual([]);
    }
  });

  test('law 4: exactly the live settings are ignored: weights, floors, and which member writes', () => {
    const ignored = resourcesOf(seed)
      .map(([address, , body]) => [address, lifecycleOf(body).ignore_changes] as const)
      .filter(([, names]) => names !== undefined);
    expect(Object.fromEntries(ignored)).toEqual({
      'aws_lb_listener.service_balancer_tls': ['default_action[0].forward[0].target_group'],
      'aws_autoscaling_group.service_blue_group_asg': ['min_size'],
      'aws_autoscaling_group.service_green_group_asg': ['min_size'],
      'aws_autoscaling_group.service_workers_group_asg': ['min_size'],
      'aws_rds_cluster.data_database_cluster': ['replication_source_identifier'],
    });
    expect(
      Object.values(LIVE_ARGUMENTS)
        .flat()
        .every(({ why }) => why.length > 10),
    ).toBe(true);
    for (const [, , body] of ofType(seed, 'aws_autoscaling_group'))
      expect(body).not.toHaveProperty('desired_capacity');
  });

  test('state may not be destroyed: exactly what CloudFormation would retain', () => {
    const kept = resourcesOf(seed)
      .filter(([, , body]) => lifecycleOf(body).prevent_destroy === true)
      .map(([, type]) => type);
    for (const type of [
      'aws_dynamodb_table',
      'aws_rds_cluster',
      'aws_rds_global_cluster',
      'aws_kms_key',
      'aws_sqs_queue',
    ]) {
      expect(kept).toContain(type);
    }
    expect(kept).not.toContain('aws_autoscaling_group');
    expect(kept).not.toContain('aws_elasticache_replication_group');
  });

  test('no password stands in the configuration, in an argument that a state would keep, or in a plan', () => {
    const [[, , cluster] = ['', '', {}]] = ofType(seed, 'aws_rds_cluster');
    expect(cluster).toMatchObject({ master_username: 'holdfast_admin', master_password_wo_version: 1 });
    expect(cluster).not.toHaveProperty('master_password');
    expect(seed.text).not.toMatch(/"secret_string":|\{\{resolve:/);
  });
});

test('no stack says when a deploy is over, and the controller takes that for "over", so that it still turns', async () => {
  const handler = seed.resource.aws_lambda_function?.service_live_settings_handler;
  expect(handler).toHaveProperty('environment.variables.HOLDFAST_FLOORS');
  expect(handler).not.toHaveProperty('environment.variables.HOLDFAST_STACK');
  expect(deployState((await withoutStack()).status)).toBe('over');
});

describe('cases', () => {
  test('BP-59: no cluster names its zones', () => {
    for (const configuration of both()) {
      for (const [, , body] of ofType(configuration, 'aws_rds_cluster')) {
        expect(body).not.toHaveProperty('availability_zones');
      }
    }
  });

  test("BP-58: what makes a secondary one is not Terraform's to take away", () => {
    for (const configuration of both()) {
      const [[, , cluster] = ['', '', {}]] = ofType(configuration, 'aws_rds_cluster');
      expect(lifecycleOf(cluster).ignore_changes).toContain('replication_source_identifier');
    }
  });

  test('BP-61: one provider a state, without alias and held to its account; the keys of all states differ', () => {
    for (const [region, { provider }] of Object.entries(world.configurations)) {
      expect(provider).toEqual({ aws: [{ region, allowed_account_ids: ['000000000000'] }] });
    }
    const keys = both().map(({ terraform }) => `${terraform.backend.s3.bucket}/${terraform.backend.s3.key}`);
    expect(new Set(keys).size).toBe(2);
  });

  test('BP-61: a bucket that is named for all Regions still holds one key for each', () => {
    const folder = path.join(world.folder, 'one-bucket');
    synthTerraform(world.templates, { folder, state: { bucket: 'states' } });
    const keys = [SEED, SECOND].map(region => readConfiguration(folder, region).terraform.backend.s3);
    expect(keys.map(({ bucket }) => bucket)).toEqual(['states', 'states']);
    expect(new Set(keys.map(({ key }) => key)).size).toBe(2);
  });

  test('BP-62: no token is left, and equal input gives equal bytes, in whatever order the resources come', () => {
    for (const { text } of both()) expect(text).not.toMatch(/TfToken|\$\{Token\[|"\{\{/);
    const folder = path.join(world.folder, 'again');
    const shuffled = world.templates.map(templates => ({
      ...templates,
      stacks: templates.stacks.map(stack => ({
        ...stack,
        template: {
          ...stack.template,
          Resources: Object.fromEntries(Object.entries(stack.template.Resources).reverse()),
        },
      })),
    }));
    synthTerraform(shuffled, { folder });
    for (const region of [SEED, SECOND]) {
      expect(readConfiguration(folder, region).text).toBe(world.configurations[region]?.text);
      const zips = (at: string) => {
        const assets = path.join(at, 'stacks', region, 'assets');
        return readdirSync(assets).map(name => readFileSync(path.join(assets, name)).toString('base64'));
      };
      expect(zips(folder)).toEqual(zips(world.folder));
    }
  });

  test('BP-62: a policy with references is written by jsonencode, and text that looks like a template stays text', () => {
    const policy = String(seed.resource.aws_sqs_queue_policy?.service_work_queue_policy?.policy);
    expect(policy).toMatch(
      /^\$\{jsonencode\(\{.*"Resource": aws_sqs_queue\.service_work_queue\.arn.*\}\)\}$/,
    );
    expect(seed.text).toContain('/rows/day=$${day}/');
  });
});
