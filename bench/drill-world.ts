import { gzipSync } from 'node:zlib';
import type {
  CapacityGroup,
  Cloud,
  DrillLock,
  JournalCopy,
  Outside,
  OutsideAnswer,
  RegisterState,
} from '../lib/ports';

export const EAST = 'us-east-2';
export const WEST = 'us-west-2';
const HOST = 'orders.example.com';

const EMPTY = { waiting: 0, inWork: 0, delayed: 0 };
const CLONES: CapacityGroup = {
  name: 'orders-blue',
  kind: 'clones',
  minimum: 2,
  desired: 2,
  maximum: 12,
  inService: 2,
  weight: 100,
  targets: { healthy: 2, total: 2 },
};

/** Two Regions whose every answer is there at once, so that what a drill takes is what its engine takes. */
export function instantWorld(): { readonly cloud: Cloud; readonly outside: Outside; readonly host: string } {
  let register: RegisterState = {
    record: { epoch: 1, phase: 'active', region: EAST },
    updatedBy: 'birth',
    updatedAt: '',
  };
  let lock: DrillLock | undefined;
  let copy: JournalCopy | undefined;
  let writer = EAST;
  const arn = (region: string) => `arn:${'aws'}:rds:${region}:000000000000:cluster:orders-${region}`;
  const isActive = (region: string) =>
    register.record.phase === 'active' && register.record.region === region;
  const moveTo = async (_region: string, target: string) => {
    writer = target.split(':')[3] ?? '';
  };
  const cloud: Cloud = {
    readRegister: async () => register,
    createRegister: async () => false,
    raiseRegister: async (_region, { to, by }) => {
      register = { record: to, updatedBy: by, updatedAt: '' };
      return true;
    },
    mayRaiseRegister: async () => true,
    readLock: async () => lock,
    takeLock: async (_region, taken) => {
      lock = taken;
      return true;
    },
    renewLock: async (_region, renewed) => {
      lock = renewed;
      return true;
    },
    releaseLock: async () => {
      lock = undefined;
    },
    readJournalCopy: async () => copy,
    writeJournalCopy: async (_region, next) => {
      // What the adapter does with it before it is sent.
      gzipSync(next.text);
      copy = next;
      return true;
    },
    databaseState: async () => ({
      moving: false,
      members: [EAST, WEST].map(region => ({
        region,
        clusterArn: arn(region),
        role: region === writer ? 'writer' : 'reader',
        status: 'available',
      })),
    }),
    replicationLag: async () => ({ seconds: 0.1, ageSeconds: 1 }),
    startSwitchover: moveTo,
    startFailover: moveTo,
    capacity: async () => [CLONES],
    raiseFloor: async () => undefined,
    queueDepths: async () => ({ work: EMPTY, dead: EMPTY }),
    configState: async () => ({ version: '1', digest: 'aa', deploying: false }),
    alarms: async () => [{ name: 'orders-lag', state: 'ok' }],
    quotas: async () => [{ name: 'vCPU', limit: 64 }],
    dataKeyState: async () => 'Enabled',
    bootstrapVersion: async () => 30,
    stacks: async () => [{ name: 'orders-service', status: 'UPDATE_COMPLETE' }],
    releaseUnderWay: async () => undefined,
    clockAheadSeconds: () => 0,
    calls: () => [],
  };
  const regionOf = (host: string) =>
    host === HOST ? (isActive(EAST) ? EAST : WEST) : host.includes(WEST) ? WEST : EAST;
  const outside: Outside = {
    resolve: async name => ({ addresses: [regionOf(name)], ttlSeconds: 60 }),
    request: async ({ host, path, method }) => {
      const region = regionOf(host);
      if (host.startsWith('gate-')) {
        return answer(region, isActive(region) ? 200 : 503, {
          active: isActive(region),
          epoch: register.record.epoch,
        });
      }
      if (path === '/readyz') {
        const database = { writable: writer === region, lagSeconds: 0 };
        const role = isActive(region) ? 'active' : 'standby';
        return answer(region, 200, { ready: true, role, epoch: register.record.epoch, database });
      }
      return answer(region, method === 'POST' ? 201 : 200, { id: 'order-1' });
    },
    certificateEnd: async () => new Date('2099-01-01T00:00:00Z'),
  };
  return { cloud, outside, host: HOST };
}

const answer = (region: string, status: number, body: object): OutsideAnswer => ({
  status,
  headers: { 'x-holdfast-region': region },
  body: JSON.stringify(body),
});
