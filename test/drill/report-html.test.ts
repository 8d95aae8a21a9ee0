import { type DrillReport, renderReportHtml, runDrill, startLoad } from '../../lib/drill';
import { EAST, HOST, WEST } from './fake-world';
import { Harness } from './harness';

let report: DrillReport;
beforeAll(async () => {
  const harness = new Harness();
  const { context } = harness.process();
  const { outside, clock, entries, random } = context;
  const load = startLoad({ outside, clock, random, id: 'load-1', host: HOST, entry: entries.service });
  await harness.clock.sleep(3000);
  ({ report } = await runDrill({ ...context, load }, { to: WEST }));
});

test('the timeline holds every step and every acknowledged write', () => {
  const { samples, steps } = report.timeline;
  const acknowledged = samples.flatMap(sample => Object.values(sample.acknowledged));
  expect(acknowledged.reduce((sum, count) => sum + count, 0)).toBe(report.writes.acknowledged);
  expect(samples.reduce((sum, sample) => sum + sample.failed, 0)).toBe(report.requests.failed);
  expect(steps.map(step => step.step)).toContain('switch-database');
  for (const step of steps) expect(Date.parse(step.to ?? '')).toBeGreaterThanOrEqual(Date.parse(step.from));
});

test('the page draws both Regions, failures and phases, and needs nothing from outside', () => {
  const html = renderReportHtml(report);
  for (const name of ['old', 'new', 'failed', 'phase']) expect(html).toContain(`<rect class="${name}"`);
  expect(html).toContain('role="img"');
  expect(html).toMatch(/<title id="timeline-title">Writes acknowledged by us-east-2 and us-west-2/);
  expect(html).not.toMatch(/<script|https?:|url\(|@import|NaN|undefined|Infinity/);
});

test('every figure of the picture stands in a table too', () => {
  const html = renderReportHtml(report);
  for (const phase of report.phases) expect(html).toContain(`<th scope="row">${phase.name}</th>`);
  expect(html).toContain(`<td>${report.writes.acknowledged}</td>`);
});

test('what comes from outside cannot break the page', () => {
  const nasty = '</title><script>alert("1")</script>&amp;';
  const html = renderReportHtml({
    ...report,
    reason: nasty,
    next: nasty,
    from: nasty,
    missed: [nasty],
    notes: [nasty],
    checks: [{ id: nasty, state: 'ok', text: nasty }],
  });
  expect(html).not.toContain('<script');
  expect(
    html.match(/&lt;\/title&gt;&lt;script&gt;alert\(&quot;1&quot;\)&lt;\/script&gt;&amp;amp;/g)?.length,
  ).toBeGreaterThan(6);
});

test('a drill that was refused has a page without a picture', () => {
  const html = renderReportHtml({
    ...report,
    outcome: 'refused',
    timeline: { from: null, steps: [], samples: [], lag: [] },
    from: EAST,
  });
  expect(html).not.toContain('<svg');
  expect(html).toContain('refused');
});
