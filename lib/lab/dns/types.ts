/** A record set of Route 53, as far as the lab answers it. */
export interface RecordSet {
  /** Lower case, without the final dot. */
  readonly name: string;
  /** `A`, `CNAME`, `TXT` and so on. */
  readonly type: string;
  /** Seconds, unscaled; absent for an alias. */
  readonly ttl?: number;
  /** Values as Route 53 writes them. */
  readonly values?: readonly string[];
  /** What the alias points at, instead of values. */
  readonly alias?: {
    /** Lower case, without the final dot. */
    readonly name: string;
    readonly evaluateTargetHealth: boolean;
  };
  readonly failover?: 'PRIMARY' | 'SECONDARY';
  /** Distinguishes records of the same name and type. */
  readonly setIdentifier?: string;
  readonly healthCheckId?: string;
}

/** A hosted zone: all names at and below its own. */
export interface Zone {
  /** Lower case, without the final dot. */
  readonly name: string;
  readonly records: readonly RecordSet[];
}

/** What the answers depend on beside the records; read at each question. */
export interface DnsWorld {
  /** Status of a health check; one never heard of counts as healthy, as a new one does on Route 53. */
  checkIsHealthy(healthCheckId: string): boolean;
  /** Addresses behind the name of an AWS resource, such as a load balancer; undefined when there is none. */
  resourceAddresses(name: string): readonly string[] | undefined;
  /** Divides every TTL. */
  readonly timeScale: number;
}

/**
 * Brings a name into the form of {@link RecordSet}: lower case, no final dot, and characters as themselves that Route 53
 * echoes as three octal digits, such as `\\052` for `*`.
 */
export function normalName(name: string): string {
  return name
    .replace(/\\([0-3][0-7]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
    .toLowerCase()
    .replace(/\.$/, '');
}
