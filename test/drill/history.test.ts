import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { formatHistory } from '../../lib/cli/actions/drill-history';
import { drillHistory } from '../../lib/drill';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-history-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function keep(id: string, facts: object | string): void {
  mkdirSync(path.join(folder, id));
  const report = {
    ...{ id, mode: id.split('-')[0], target: 'lab', from: 'a', to: 'b', outcome: 'done', timeScale: 8 },
    ...{ rtoSeconds: 4, rpoSeconds: 0, writes: { lost: 0 }, missed: [] },
    ...(typeof facts === 'object' ? facts : {}),
  };
  const text = typeof facts === 'string' ? facts : JSON.stringify(report);
  writeFileSync(path.join(folder, id, 'report.json'), text);
}

test('drills come in the order of their time, whatever their mode, and trends compare like with like', () => {
  keep('switchover-20261103-100000-aaaa', { rtoSeconds: 4 });
  keep('failover-20261101-100000-bbbb', { rtoSeconds: 9, writes: { lost: 3 } });
  keep('switchover-20261102-100000-cccc', { rtoSeconds: 2 });
  keep('switchover-20261104-100000-dddd', { rtoSeconds: 6 });
  keep('switchover-20261105-100000-eeee', { rtoSeconds: 1, timeScale: 1 });
  keep('switchover-20261106-100000-ffff', { outcome: 'safe-stop', rtoSeconds: null });
  const { drills, trends } = drillHistory(folder);
  expect(drills.map(drill => drill.id.slice(-4))).toEqual(['bbbb', 'cccc', 'aaaa', 'dddd', 'eeee', 'ffff']);
  expect(trends.find(trend => trend.mode === 'switchover' && trend.timeScale === 8)).toEqual({
    ...{ mode: 'switchover', target: 'lab', timeScale: 8, drills: 3, medianRtoSeconds: 4 },
    ...{ lastRtoSeconds: 6, lastAgainstMedian: 2 },
  });
  expect(trends).toHaveLength(3);
});

test('a report that cannot be read is named and not passed over', () => {
  keep('switchover-20261101-100000-aaaa', '{ torn');
  const history = drillHistory(folder);
  expect(history.unreadable).toEqual(['switchover-20261101-100000-aaaa']);
  expect(formatHistory(history)).toContain('not readable: switchover-20261101-100000-aaaa');
});

test('a project without drills says so', () => {
  expect(formatHistory(drillHistory(path.join(folder, 'nothing')))).toBe('no drill was run from here yet');
});
