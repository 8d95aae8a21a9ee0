import { defineTopology } from '../topology';

/** The reference application: seed in Ohio, standby in Oregon, witness in Virginia (which writes nothing). */
export default defineTopology({
  version: 1,
  application: 'orders',
  mode: 'active-passive',
  account: '000000000000',
  dns: { hostedZoneId: 'Z0000000000ORDERS000', zoneName: 'example.com', recordName: 'orders' },
  regions: [
    { name: 'us-east-2', seed: true, zones: ['use2-az1', 'use2-az2', 'use2-az3'], cidr: '10.10.0.0/16' },
    { name: 'us-west-2', zones: ['usw2-az1', 'usw2-az2', 'usw2-az3'], cidr: '10.20.0.0/16' },
  ],
  zonesPerRegion: 3,
  register: { kind: 'strong', witness: 'us-east-1' },
  objectives: { rtoSeconds: 900, rpoSeconds: 30 },
  capacity: { peakRequestsPerSecond: 200, requestsPerClone: 200, maximumClones: 12 },
  database: {
    engineVersion: '16.6',
    instanceClass: 'db.r7g.large',
    instancesPerRegion: 2,
    databaseName: 'orders',
  },
  cache: { nodeType: 'cache.r7g.large', nodesPerRegion: 2 },
  journeys: [
    {
      name: 'place-order',
      route: 'POST /orders',
      headers: { 'idempotency-key': '{uuid}' },
      body: { item: 'book', quantity: 1 },
    },
    { name: 'read-order', route: 'GET /orders/:id', path: '/orders/{uuid}', share: 4 },
  ],
  serviceLevels: [
    { name: 'place-order', kind: 'availability', target: 0.999, route: 'POST /orders' },
    {
      name: 'place-order-in-time',
      kind: 'latency',
      target: 0.99,
      route: 'POST /orders',
      thresholdMilliseconds: 300,
    },
    { name: 'fresh-search', kind: 'freshness', target: 0.99, thresholdSeconds: 120 },
    { name: 'little-to-lose', kind: 'durability', target: 0.99 },
  ],
});
