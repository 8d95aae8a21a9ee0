import { planDrill, planMermaid } from '../../lib/drill';
import { EAST, WEST } from './fake-world';
import { SETTINGS } from './harness';

const draw = (mode: 'switchover' | 'failover') =>
  planMermaid(
    planDrill({
      id: 'x',
      mode,
      to: WEST,
      before: { epoch: 4, phase: 'active', region: EAST },
      timeScale: 1,
      capacity: [],
      scaleUp: true,
      settings: SETTINGS,
    }),
  );

test('a plan is drawn phase by phase, each step once, in order, with the point of no return', () => {
  const text = draw('failover');
  expect(text.split('\n')[0]).toBe('flowchart TB');
  expect(text).toMatch(
    /raise-capacity --> fence --> .* --> fail-over-database --> wait-writer --> wait-capacity/,
  );
  expect(text.match(/^ {4}fence\[/gm)).toHaveLength(1);
  expect(text).toContain('class fail-over-database noReturn');
  expect(text.match(/subgraph/g)).toHaveLength(9);
});

test('a label cannot end early: every line of a step has exactly its two quotes', () => {
  for (const line of draw('switchover')
    .split('\n')
    .filter(found => found.includes('['))) {
    expect(line.match(/"/g)).toHaveLength(2);
  }
});
