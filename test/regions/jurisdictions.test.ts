import { renderUserData } from '../../constructs/compute/user-data';
import { readUserData } from '../../lib/lab/reconciler/user-data';
import { EnvironmentReader } from '../../lib/runtime/environment/environment-reader';
import { residencyEnvironment } from '../../lib/runtime/environment/residency-environment';
import { loadTopology } from '../../regions';
import { regionContext } from '../../stacks/region-context';
import { type ServiceDependencies, serviceEnvironment } from '../../stacks/service-environment';
import { example } from './example';

/** What a clone of this topology is told, through its user data as it is on the disk. */
function toldToClones(jurisdictions?: readonly object[]) {
  const topology = loadTopology(example(document => Object.assign(document, { jurisdictions })));
  const context = regionContext(topology, 'us-east-2');
  const homes = context.homes.map(home => ({ context: home, database: {}, queue: {} }));
  const dependencies = { homes, cache: {}, configuration: '', flags: '', logGroup: {} };
  const file = { bucketName: 'b', objectKey: 'k', sha256: 'a'.repeat(64) };
  const script = renderUserData({
    artifact: { app: file, runtime: file },
    entry: 'service',
    environment: serviceEnvironment(context, dependencies as unknown as ServiceDependencies),
    region: 'us-east-2',
    signal: { stackName: 's', logicalId: 'l', roleName: 'r' },
  } as unknown as Parameters<typeof renderUserData>[0]);
  return residencyEnvironment(
    new EnvironmentReader(readUserData(Buffer.from(script).toString('base64')).environment),
  );
}

test('clones are told what the topology says of jurisdictions, and where their database copies rows', () => {
  expect(toldToClones()).toBeUndefined();
  const told = toldToClones([
    { name: 'us', regions: ['us-east-2', 'us-west-2'] },
    { name: 'eu', regions: ['eu-west-1'] },
    { name: '*', regions: ['us-west-2', 'us-east-2', 'us-east-1'] },
  ]);
  expect(told?.copies).toEqual(['us-east-2', 'us-west-2']);
  expect(told?.changesReadIn).toEqual(['us-east-2', 'us-west-2']);
  expect(told?.policy.jurisdictionsIn('us-east-2')).toEqual(['us', '*']);
  expect(told?.policy.regionsOf('eu')).toEqual(['eu-west-1']);
  expect(told?.policy.regionsOf(undefined)).toEqual(['us-west-2', 'us-east-2', 'us-east-1']);
});

test('a policy without the Regions of the database is refused', () => {
  const problems = (raw: Record<string, string>) => {
    const reader = new EnvironmentReader(raw);
    residencyEnvironment(reader);
    return () => reader.finish();
  };
  const HOLDFAST_RESIDENCY = 'us=us-east-2';
  expect(problems({ HOLDFAST_RESIDENCY })).toThrow(/HOLDFAST_DATABASE_REGIONS: is missing/);
  expect(problems({ HOLDFAST_RESIDENCY, HOLDFAST_DATABASE_REGIONS: 'us-east-2, x' })).toThrow(
    /no list of Regions/,
  );
});
