import { Construct } from 'constructs';
import { homeHost, homeRegisterKey } from '../../lib/naming';
import { assertRules, type Rule } from '../validation';
import type { AliasTarget } from './alias-target';
import { FailoverDns, type FailoverDnsProps } from './failover-dns';
import { hostRules } from './failover-rules';
import { homeNameRule } from './home-name';

/** A part of the data that is written in one Region at a time: a shard or a jurisdiction. */
export interface Home {
  /** Short name in DNS: 1 to 20 lower-case letters, digits and hyphens. */
  readonly name: string;
  /** Regions that may hold the home, the Region of its birth first. */
  readonly chain: readonly string[];
  /** The home's own gate in this Region; a home whose chain lacks the Region has none. */
  readonly gate: AliasTarget;
}

/** One Region's part of the records of all homes. */
export interface HomesDnsProps extends Omit<FailoverDnsProps, 'chain' | 'gate' | 'turn'> {
  /** Homes that this Region may hold. */
  readonly homes: readonly Home[];
}

/**
 * Records of an active-active application: every home has a name, a failover chain, gates and a record in the register
 * of its own, so that a failover moves one home and leaves the others where they are. Give each home's gate the
 * home's name (`new Gate(..., { home })`).
 */
export class HomesDns extends Construct {
  /** Chain of each home, by its name. */
  readonly chains: Readonly<Record<string, FailoverDns>>;
  /** Key of each home's own record in the table of the register, by its name. */
  readonly registerKeys: Readonly<Record<string, string>>;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: HomesDnsProps) {
    super(scope, id);
    const { homes, ...common } = props;
    assertRules(`HomesDns ${this.node.path}`, [...hostRules(props.host), ...homeRules(homes, props.region)]);
    this.chains = Object.fromEntries(
      homes.map(({ name, chain, gate }) => [
        name,
        new FailoverDns(this, name, { ...common, chain, gate, host: homeHost(name, props.host) }),
      ]),
    );
    this.registerKeys = Object.fromEntries(homes.map(({ name }) => [name, homeRegisterKey(name)]));
  }
}

function homeRules(homes: readonly Home[], region: string): Rule[] {
  const names = homes.map(({ name }) => name);
  return [
    homes.length === 0 && {
      path: 'homes',
      received: homes,
      message: 'nothing to record',
      fix: 'name the homes that this Region may hold',
    },
    new Set(names).size !== names.length && {
      path: 'homes',
      received: names,
      message: 'a home is named twice',
      fix: 'name each home once',
    },
    ...homes.flatMap(({ name, chain }, index) => [
      homeNameRule(`homes[${index}].name`, name),
      !chain.includes(region) && {
        path: `homes[${index}].chain`,
        received: chain,
        message: `${region} may not hold this home`,
        fix: 'leave the home out of this Region, or add the Region to its chain',
      },
    ]),
  ];
}
