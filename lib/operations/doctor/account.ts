import type { ResolvedTopology } from '../../../regions';
import type { AccountFacts } from '../../aws';
import { LAYERS, stackName } from '../../naming';
import type { Cloud } from '../../ports';
import { type Finding, fine, looked, missing } from './finding';

/** What of an account is read. */
export interface Account {
  readonly facts: Omit<AccountFacts, 'close'>;
  readonly cloud: Pick<Cloud, 'bootstrapVersion' | 'stacks' | 'readRegister'>;
}

const ALLOW = 'allow the call, or look there by hand';

/** What an account lacks for a topology: whatever cannot be read is unknown, and hides nothing else. */
export async function judgeAccount(
  topology: ResolvedTopology,
  account: Account,
): Promise<readonly Finding[]> {
  const regions = topology.regions.map(({ name }) => name);
  const [first = ''] = regions;
  const found = await Promise.all([
    credentials(topology, account, first),
    enabled(topology, account, first),
    hostedZone(topology, account, first),
    ...topology.regions.flatMap(region => [
      zones(region, account),
      bootstrap(region.name, account),
      stacks(topology.application, region.name, account),
      register(region.name, account),
    ]),
  ]);
  return found.flat();
}

function credentials({ account }: ResolvedTopology, { facts }: Account, region: string): Promise<Finding> {
  return looked('credentials', 'sign in: set AWS_PROFILE, or the variables of a role', async () => {
    const theirs = await facts.account(region);
    if (theirs === account) return fine('credentials', `account ${theirs}`);
    const text = `of account ${theirs || 'nobody'}, and the topology names ${account}`;
    return missing('credentials', text, 'sign in to the account of the topology');
  });
}

function enabled(topology: ResolvedTopology, { facts }: Account, region: string): Promise<Finding> {
  return looked('regions', ALLOW, async () => {
    const { witness } = topology.register;
    const names = [...topology.regions.map(({ name }) => name), ...(witness === undefined ? [] : [witness])];
    const on = await facts.enabledRegions(region, names);
    const off = names.filter(name => !on.includes(name));
    if (off.length === 0) return fine('regions', `${names.join(', ')} are enabled`);
    return missing(
      'regions',
      `${off.join(', ')} not enabled`,
      'enable it in the account settings, and wait until it is',
    );
  });
}

function hostedZone({ dns }: ResolvedTopology, { facts }: Account, region: string): Promise<Finding> {
  return looked('hosted zone', ALLOW, async () => {
    const name = await facts.hostedZoneName(region, dns.hostedZoneId);
    if (name === dns.zoneName) return fine('hosted zone', `${dns.hostedZoneId} is ${name}`);
    const text = name === undefined ? `${dns.hostedZoneId} does not exist` : `${dns.hostedZoneId} is ${name}`;
    return missing('hosted zone', text, `name the public zone of ${dns.zoneName} in dns.hostedZoneId`);
  });
}

function zones(region: ResolvedTopology['regions'][number], { facts }: Account): Promise<Finding> {
  const id = `zones ${region.name}`;
  return looked(id, ALLOW, async () => {
    const theirs = await facts.zoneIds(region.name);
    const absent = region.zones.filter(zone => !theirs.includes(zone));
    if (absent.length === 0) return fine(id, region.zones.join(', '));
    const text = `the account has no ${absent.join(', ')}`;
    return missing(id, text, `choose among ${theirs.join(', ') || 'those that it has'}`);
  });
}

function bootstrap(region: string, { cloud }: Account): Promise<Finding> {
  const id = `bootstrap ${region}`;
  return looked(id, ALLOW, async () => {
    const version = await cloud.bootstrapVersion(region);
    if (version !== undefined) return fine(id, `version ${version}`);
    return missing(id, 'never bootstrapped', `npx cdk bootstrap aws://<account>/${region}`);
  });
}

function stacks(application: string, region: string, { cloud }: Account): Promise<Finding> {
  const id = `stacks ${region}`;
  return looked(id, ALLOW, async () => {
    const there = new Map((await cloud.stacks(region)).map(({ name, status }) => [name, status]));
    const absent = LAYERS.filter(layer => !there.has(stackName(application, layer)));
    const stuck = [...there].filter(([, status]) => /_FAILED$|^ROLLBACK_COMPLETE$/.test(status));
    if (stuck.length > 0) {
      const text = stuck.map(([name, status]) => `${name} is ${status}`).join(', ');
      return missing(id, text, 'see its events, mend the cause, and deploy again');
    }
    if (absent.length === 0) return fine(id, `all ${LAYERS.length}`);
    return missing(
      id,
      `no ${absent.join(', ')}`,
      `deploy in the order of birth (docs/deploy.md): npx cdk deploy '${region}/*'`,
    );
  });
}

function register(region: string, { cloud }: Account): Promise<Finding> {
  const id = `register ${region}`;
  return looked(id, 'deploy the foundations of all Regions first', async () => {
    const state = await cloud.readRegister(region);
    if (state === undefined) return missing(id, 'never born', 'write its first record (docs/deploy.md)');
    const { epoch, phase, region: named } = state.record;
    return fine(id, `epoch ${epoch}, ${phase}, ${named}`);
  });
}
