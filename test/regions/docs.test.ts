import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  loadTopology,
  RECOVERY_DEFAULTS,
  recoveryBudget,
  regionCapacity,
  registerSetMembers,
  seedRegion,
} from '../../regions';
import { FIELDS } from '../../regions/fields';
import { CAPACITY_DEFAULTS, DATABASE_DEFAULTS, REGION_DEFAULTS } from '../../regions/recovery';
import { example } from './example';

const text = readFileSync(path.join(__dirname, '../../docs/topology.md'), 'utf8');
const lines = text.split('\n');
/** The cells of the row that begins with this cell. */
const row = (first: string): readonly string[] | undefined =>
  lines
    .filter(line => line.startsWith('| '))
    .map(line =>
      line
        .slice(2, -2)
        .split(' | ')
        .map(cell => cell.trim()),
    )
    .find(cells => cells[0] === first);

const topology = loadTopology(example());
const budget = recoveryBudget(topology);

describe('docs/topology.md', () => {
  test.each(Object.keys(FIELDS).filter(field => field !== '' && !field.endsWith('[]')))(
    'describes %s as the schema does',
    field => expect(row(`\`${field}\``)?.[1]).toBe(FIELDS[field]?.what),
  );

  test.each(
    Object.entries({
      ...Object.fromEntries(
        Object.entries(RECOVERY_DEFAULTS).map(([key, value]) => [`recovery.${key}`, value]),
      ),
      ...Object.fromEntries(
        Object.entries(CAPACITY_DEFAULTS).map(([key, value]) => [`capacity.${key}`, value]),
      ),
      ...Object.fromEntries(
        Object.entries(DATABASE_DEFAULTS).map(([key, value]) => [`database.${key}`, value]),
      ),
      ...Object.fromEntries(
        Object.entries(REGION_DEFAULTS).map(([key, value]) => [`regions[].${key}`, value]),
      ),
    }),
  )('gives the default of %s', (field, value) => expect(row(`\`${field}\``)?.[2]).toBe(`\`${value}\``));

  test.each(budget.modes.failover.lines.map(line => [line.phase, line] as const))(
    'computes the phase %s as the code does',
    (phase, failover) => {
      const switchover = budget.modes.switchover.lines.find(line => line.phase === phase);
      const cells = row(phase);
      expect(cells?.[1]).toBe(switchover === undefined ? '' : String(switchover.seconds));
      expect(cells?.[2]).toBe(String(failover.seconds));
      expect(cells?.[3]).toContain(failover.from);
      expect(cells?.[3]).toContain(switchover?.from ?? '');
    },
  );

  test('adds up as the code does', () => {
    const { switchover, failover } = budget.modes;
    expect(row('total')?.slice(1, 3)).toEqual([
      String(switchover.totalSeconds),
      String(failover.totalSeconds),
    ]);
  });

  test.each(['US', 'EU', 'AP'] as const)('lists the set %s', set => {
    expect(row(set)?.[1]).toBe(registerSetMembers(set).join(', '));
  });

  test('counts the clones of the example as the code does', () => {
    expect(regionCapacity(topology, seedRegion(topology)).minimumClones).toBe(2);
    expect(text).toContain('200 / 200 = 1 clone, and so runs 2 in three zones');
    expect(
      regionCapacity(
        { capacity: { ...topology.capacity, peakRequestsPerSecond: 1000, requestsPerClone: 100 } },
        seedRegion(topology),
      ).minimumClones,
    ).toBe(15);
    expect(text).toContain('would need 10 and run 15');
  });
});
