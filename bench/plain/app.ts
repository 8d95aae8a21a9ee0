/**
 * A plain CDK app of the blueprint's size, as one would write it by hand with CDK's own L1 and L2 constructs: the
 * baseline of `npm run bench`. Two Regions, six stacks each, about as many resources of about the same types. No
 * validation, no policy, no live settings.
 */
import { App, Stack, type StackProps } from 'aws-cdk-lib';
import { PlainData } from './data';
import { PlainDns } from './dns';
import { PlainFoundation } from './foundation';
import { PlainNetwork } from './network';
import { PlainOperations } from './operations';
import { PlainService } from './service';

const REGIONS = [
  { name: 'us-east-2', cidr: '10.10.0.0/16', seed: true },
  { name: 'us-west-2', cidr: '10.20.0.0/16', seed: false },
];

const app = new App();
for (const { name, cidr, seed } of REGIONS) {
  const stack = (part: string): [Stack] => {
    const props: StackProps = { env: { account: '000000000000', region: name }, stackName: `plain-${part}` };
    return [new Stack(app, `${name}-${part}`, props)];
  };
  const foundation = new PlainFoundation(...stack('foundation'), { seed, region: name });
  const network = new PlainNetwork(...stack('network'), { cidr, region: name });
  const data = new PlainData(...stack('data'), { seed, vpc: network.vpc, key: foundation.key });
  const service = new PlainService(...stack('service'), {
    vpc: network.vpc,
    certificate: foundation.certificate,
    databaseSecurityGroup: data.databaseSecurityGroup,
    cacheSecurityGroup: data.cacheSecurityGroup,
  });
  new PlainOperations(...stack('operations'), { service, topic: foundation.topic });
  new PlainDns(...stack('dns'), {
    region: name,
    balancer: service.balancer,
    gate: foundation.gateDomain,
    seed,
  });
}
app.synth();
