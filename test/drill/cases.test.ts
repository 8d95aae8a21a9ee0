import { runDrill } from '../../lib/drill';
import { adapterActions } from '../helpers/adapter-actions';
import { sources } from '../helpers/sources';
import { EAST, WEST } from './fake-world';
import { Harness } from './harness';

/** The known troubles of others that concern drills. */
const CASES = ['BP-03', 'BP-31', 'BP-32', 'BP-58', 'BP-63', 'BP-64', 'BP-65'];

test.each(CASES)('%s is a test that says so', id => {
  const named = new RegExp(`(test|describe|each|'|\`)[^\\n]*\\b${id}\\b`);
  expect(
    sources('test').some(({ file, text }) => file !== 'test/drill/cases.test.ts' && named.test(text)),
  ).toBe(true);
});

describe('BP-65: a global database is torn down by nobody who moves it', () => {
  test('a drill describes its members and moves the writer: it detaches, stops and deletes none', () => {
    expect(adapterActions().filter(action => action.startsWith('rds:'))).toEqual([
      'rds:DescribeDBClusters',
      'rds:DescribeGlobalClusters',
      'rds:FailoverGlobalCluster',
      'rds:SwitchoverGlobalCluster',
    ]);
  });

  test.each(['switchover', 'failover'] as const)(
    'a %s to a Region whose member was detached does not begin: the old writer keeps it',
    async mode => {
      const harness = new Harness();
      const { context } = harness.process();
      const cloud = {
        ...context.cloud,
        databaseState: async (region: string, statusOf: readonly string[]) => {
          const state = await context.cloud.databaseState(region, statusOf);
          return { ...state, members: state.members.filter(member => member.region === EAST) };
        },
      };
      const { report } = await runDrill(
        { ...context, cloud },
        { mode, to: WEST, acceptDataLoss: true, acceptUnknown: ['active'] },
      );
      expect(report.outcome).toBe('refused');
      expect(report.reason).toMatch(/database: failed, .*us-west-2/);
      expect(harness.world.history).toHaveLength(1);
    },
  );
});
