import { readFileSync } from 'node:fs';
import path from 'node:path';
import { SCENARIOS } from '../../lib/cli/game-days';
import { planDrill, preflight } from '../../lib/drill';
import { STEPS_OF_MODE } from '../../lib/drill/plan/plan-steps';
import { WEST } from './fake-world';
import { Harness, SETTINGS } from './harness';

const text = readFileSync(path.join(__dirname, '../../docs/drills.md'), 'utf8');
const rows = [...text.matchAll(/^\| `([a-z-]+)` \| (?:([a-z-]+) \| )?/gm)].map(match => [match[1], match[2]]);

describe('docs/drills.md', () => {
  test('tells every step of a plan, in its order and phase', () => {
    const plan = planDrill({
      mode: 'switchover',
      ...{ id: 'x', to: WEST, timeScale: 1, capacity: [], scaleUp: true, settings: SETTINGS },
      before: { epoch: 1, phase: 'active', region: 'us-east-2' },
    });
    const steps = plan.steps.map(step => [step.id, step.phase]);
    expect(rows.slice(0, steps.length)).toEqual(steps);
    const noReturn = plan.steps.filter(step => step.pointOfNoReturn).map(step => step.id);
    expect(noReturn).toEqual(['switch-database']);
    expect(text).toMatch(/`switch-database` .*\*\*Point of no return\*\*/);
  });

  test('tells every check of a preflight, in its order', async () => {
    const { checks } = await preflight(new Harness().process().context, { to: WEST });
    expect(rows.slice(-checks.length).map(([id]) => id)).toEqual(checks.map(check => check.id));
  });

  test('tells what only a failover has, and the scenarios of a game day', async () => {
    const { context } = new Harness().process();
    const found = await preflight(context, { mode: 'failover', to: WEST });
    const planned = await preflight(context, { to: WEST });
    const only = found.checks
      .map(check => check.id)
      .filter(id => !planned.checks.some(check => check.id === id));
    const steps = STEPS_OF_MODE.failover.filter(
      step => !(STEPS_OF_MODE.switchover as readonly string[]).includes(step),
    );
    const between = rows.slice(STEPS_OF_MODE.switchover.length, -planned.checks.length).map(([id]) => id);
    expect(between).toEqual([...steps, ...only, ...Object.keys(SCENARIOS)]);
  });
});
