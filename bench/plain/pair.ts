import { Stack, type StackProps, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
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

/** Adds the plain application's two Regions, six stacks each. */
export function addPlainPair(scope: Construct, application: string): void {
  for (const { name, cidr, seed } of REGIONS) {
    const stack = (part: string): [Stack] => {
      const env = { account: '000000000000', region: name };
      const props: StackProps = { env, stackName: `${application}-${part}` };
      const created = new Stack(scope, `${name}-${part}`, props);
      Tags.of(created).add('application', application);
      return [created];
    };
    const foundation = new PlainFoundation(...stack('foundation'), { seed, region: name });
    const network = new PlainNetwork(...stack('network'), { cidr, region: name });
    const data = new PlainData(...stack('data'), { seed, vpc: network.vpc, key: foundation.key });
    const service = new PlainService(...stack('service'), {
      vpc: network.vpc,
      certificate: foundation.certificate,
      data,
    });
    new PlainOperations(...stack('operations'), { service, topic: foundation.topic });
    new PlainDns(...stack('dns'), {
      region: name,
      balancer: service.balancer,
      gate: foundation.gateDomain,
      seed,
    });
  }
}
