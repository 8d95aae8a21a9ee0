import type { IKey } from 'aws-cdk-lib/aws-kms';

/** Seconds over which AWS WAF counts (https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html). */
export type RateWindowSeconds = 60 | 120 | 300 | 600;

/**
 * A limit of requests. WAF looks at the rate about every ten seconds and acts within half a minute: this is protection
 * from a flood, and no billing. An exact quota belongs to the service, which counts what it has accepted.
 */
export interface RateLimit {
  /** Requests in the window, 10 to 2,000,000,000; above it the client is blocked until the rate has fallen. */
  readonly requests: number;
  /**
   * The window.
   * @default 300
   */
  readonly windowSeconds?: RateWindowSeconds;
}

/** A limit for each value of a header. */
export interface KeyRateLimit extends RateLimit {
  /**
   * Header that carries the key of the caller. Requests without it are counted per client alone.
   * @default 'x-api-key'
   */
  readonly header?: string;
}

/** Groups of rules that AWS keeps. */
export type ManagedGroup =
  | 'AWSManagedRulesCommonRuleSet'
  | 'AWSManagedRulesKnownBadInputsRuleSet'
  | 'AWSManagedRulesAmazonIpReputationList'
  | 'AWSManagedRulesAnonymousIpList'
  | 'AWSManagedRulesSQLiRuleSet'
  | 'AWSManagedRulesLinuxRuleSet'
  | 'AWSManagedRulesUnixRuleSet'
  | 'AWSManagedRulesAdminProtectionRuleSet';

/** What may be chosen about a guard. */
export interface EdgeGuardOptions {
  /**
   * Limit of one client, told apart by its address.
   * @default - 2000 requests in 300 s
   */
  readonly perClient?: RateLimit;
  /**
   * Limit of one API key.
   * @default - keys are not counted
   */
  readonly perKey?: KeyRateLimit;
  /**
   * Largest body in bytes, 1 to 8192: an Application Load Balancer shows WAF no more than 8 KiB of it, and whatever
   * is longer than what WAF sees is refused as well.
   * @default 8192
   */
  readonly maximumBodyBytes?: number;
  /**
   * Largest query string in bytes, 1 to 8192.
   * @default 2048
   */
  readonly maximumQueryBytes?: number;
  /**
   * Groups of rules that AWS keeps, in this order.
   * @default - the common rules, known bad inputs and addresses of bad repute
   */
  readonly managedGroups?: readonly ManagedGroup[];
  /**
   * Whether requests are refused, or only counted: start with `count`, read what would have been refused, then block.
   * @default 'block'
   */
  readonly mode?: 'block' | 'count';
  /**
   * Headers whose values are left out of the logs, beside `authorization`, `cookie` and the header of the keys.
   * @default - none
   */
  readonly redactedHeaders?: readonly string[];
  /**
   * Key that encrypts the logs; its policy must let CloudWatch Logs use it.
   * @default - a key of CloudWatch Logs
   */
  readonly logEncryptionKey?: IKey;
}

/** A guard and what it protects. */
export interface EdgeGuardProps extends EdgeGuardOptions {
  /** Name of the guard, in its metrics and log group: 1 to 100 letters, digits and hyphens. */
  readonly name: string;
  /** ARNs of what it protects: load balancers or API Gateway stages of this Region, one guard each. */
  readonly resourceArns: readonly string[];
}
