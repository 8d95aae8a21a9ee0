/** Where an alias record of Route 53 points: a name and the hosted zone that AWS keeps it in. */
export interface AliasTarget {
  /** DNS name of the load balancer or API Gateway domain. */
  readonly dnsName: string;
  /** Id of the hosted zone of that name (AWS's own, not the application's). */
  readonly hostedZoneId: string;
}
