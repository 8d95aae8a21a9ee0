/** A fault experiment: what is believed, what puts it to the test, and where that can be done. */
export interface ChaosScenario {
  /** Name of the experiment, here and as the template of `ChaosExperiments`. */
  readonly id: string;
  readonly what: string;
  /** What is believed of the application; an experiment tries to refute it. */
  readonly hypothesis: string;
  /** Action of AWS Fault Injection Service. */
  readonly action: string;
  /** Scenario of a game day that does the same to real processes in the lab. @default - none: `refused` says why */
  readonly twin?: string;
  /** Why the lab cannot do it. */
  readonly refused?: string;
}

/** The experiments there are, from the smallest to the widest. Names are those of the construct: a test holds that. */
export const CHAOS_SCENARIOS: readonly ChaosScenario[] = [
  {
    id: 'instance-stop',
    what: 'one clone stops',
    hypothesis: 'its siblings serve, another is started, and no write is lost',
    action: 'aws:ec2:stop-instances',
    twin: 'clone-loss',
  },
  {
    id: 'cpu-stress',
    what: 'one clone has no processor time left',
    hypothesis: 'the balancer sends less to it, and it sheds what it cannot serve',
    action: 'aws:ssm:send-command (AWSFIS-Run-CPU-Stress)',
    refused: 'processes of the lab share the processors of one machine: a clone has none of its own to lose',
  },
  {
    id: 'network-latency',
    what: 'every packet of one clone is late',
    hypothesis: 'deadlines, hedges and the balancer carry it',
    action: 'aws:ssm:send-command (AWSFIS-Run-Network-Latency)',
    twin: 'slow-network',
  },
  {
    id: 'packet-loss',
    what: 'one clone loses a tenth of its packets',
    hypothesis: 'connections are slow and break; retries within their budget carry it',
    action: 'aws:ssm:send-command (AWSFIS-Run-Network-Packet-Loss)',
    refused: "the lab's links are proxies of whole connections: packets are the kernel's own",
  },
  {
    id: 'dependency-black-hole',
    what: 'one clone gets no answer from its database any more',
    hypothesis: 'it says that it is not ready, and a Region whose database answers nobody can be left',
    action: 'aws:ssm:send-command (AWSFIS-Run-Network-Blackhole-Port)',
    twin: 'frozen-database',
  },
  {
    id: 'cache-failover',
    what: "the cache's nodes of one zone have no power",
    hypothesis: 'reads go to the database, and nothing stale is served',
    action: 'aws:elasticache:replicationgroup-interrupt-az-power',
    twin: 'cache-loss',
  },
  {
    id: 'aurora-failover',
    what: "the database's writer moves to another zone of the Region",
    hypothesis: 'writes pause for seconds, are repeated under their keys, and none is lost or doubled',
    action: 'aws:rds:failover-db-cluster',
    twin: 'database-restart',
  },
  {
    id: 'api-throttle',
    what: 'calls to the control plane are throttled',
    hypothesis: 'nothing that serves or moves depends on them',
    action: 'aws:fis:inject-api-throttle-error',
    refused:
      'throttled calls of every step of a drill are in its fault matrix (npm run prove), not in a game day',
  },
  {
    id: 'zone-power-loss',
    what: 'every clone of one zone stops',
    hypothesis: 'the other zones carry the peak without scaling',
    action: 'aws:ec2:stop-instances',
    twin: 'zone-loss',
  },
  {
    id: 'cross-region-disconnect',
    what: 'the Region does not reach the other one any more',
    hypothesis: 'the active Region goes on: losing the standby stops nothing',
    action: 'aws:network:route-table-disrupt-cross-region-connectivity',
    twin: 'standby-cut',
  },
];
