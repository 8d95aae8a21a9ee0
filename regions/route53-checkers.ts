/**
 * Where Route 53's health checkers ask from: the IPv4 prefixes of service `ROUTE53_HEALTHCHECKS` in
 * https://ip-ranges.amazonaws.com/ip-ranges.json. A check that names its endpoint by host name asks over IPv4 alone
 * (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html).
 *
 * Put together in November 2026 from published copies of that file, not from the file itself, so compare once before the
 * first deploy, and again when AWS announces a change (topic `AmazonIpSpaceChanged`):
 *
 *     curl -s https://ip-ranges.amazonaws.com/ip-ranges.json \
 *       | jq -r '.prefixes[] | select(.service == "ROUTE53_HEALTHCHECKS") | .ip_prefix' | sort -u
 *
 * A missing range is survived: an endpoint counts as healthy while more than 18 % of the checkers say so.
 */
export const ROUTE53_CHECKER_RANGES: readonly string[] = [
  '15.177.0.0/18',
  '52.80.197.0/25',
  '52.80.197.128/25',
  '52.80.198.0/25',
  '52.83.34.128/25',
  '52.83.35.0/25',
  '52.83.35.128/25',
  '54.183.255.128/26',
  '54.228.16.0/26',
  '54.232.40.64/26',
  '54.241.32.64/26',
  '54.243.31.192/26',
  '54.244.52.192/26',
  '54.245.168.0/26',
  '54.248.220.0/26',
  '54.250.253.192/26',
  '54.251.31.128/26',
  '54.252.79.128/26',
  '54.252.254.192/26',
  '54.255.254.192/26',
  '107.23.255.0/26',
  '176.34.159.192/26',
  '177.71.207.128/26',
];
