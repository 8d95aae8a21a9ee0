import { App, Stack } from 'aws-cdk-lib';
import { Artifact, ArtifactBucket, ArtifactSynthesizer, CloneGroup, RegionNetwork } from '../constructs';

const ENV = { account: '111111111111', region: 'us-east-2' };
const BUCKET = 'catalogue-artifacts-111111111111-us-east-2';

/**
 * Clones boot from a bucket that no clean-up of the bootstrap knows and no deploy deletes from. It stands in a stack
 * of its own, deployed first; `cdk deploy` of the clones' stack then publishes to it what they boot from.
 */
export function build(app: App): readonly Stack[] {
  const kept = new Stack(app, 'kept-artifacts', { env: ENV });
  new ArtifactBucket(kept, 'Artifacts', { bucketName: BUCKET });
  const clones = new Stack(app, 'clones', {
    env: ENV,
    synthesizer: new ArtifactSynthesizer({ bucketName: BUCKET }),
  });
  clones.addStackDependency(kept, 'the bucket stands before anything is published to it');
  const { vpc, privateSubnets } = new RegionNetwork(clones, 'Network', {
    cidr: '10.45.0.0/16',
    zoneIds: ['use2-az1', 'use2-az2'],
    internetFacing: false,
    interfaceEndpoints: [],
  });
  new CloneGroup(clones, 'Clones', {
    vpc,
    vpcSubnets: privateSubnets,
    groupName: 'catalogue',
    minimumClones: 2,
    maximumClones: 6,
    // The reference service; your own is `Artifact.fromFiles({ app: 'app.tgz' })`.
    artifact: Artifact.built(),
  });
  return [kept, clones];
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
