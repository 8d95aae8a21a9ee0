import type { Plan, PlanStep } from './plan';

/** A plan as a mermaid flowchart, phase by phase; GitHub and most wikis draw it. */
export function planMermaid(plan: Plan): string {
  const phases = new Map<string, PlanStep[]>();
  for (const step of plan.steps) phases.set(step.phase, [...(phases.get(step.phase) ?? []), step]);
  const groups = [...phases].flatMap(([phase, steps]) => [
    `  subgraph ${phase}`,
    ...steps.map(step => `    ${step.id}["${labelOf(step)}"]`),
    '  end',
  ]);
  const ids = plan.steps.map(step => step.id);
  const closed = plan.steps.filter(step => step.pointOfNoReturn).map(step => step.id);
  return [
    'flowchart TB',
    ...groups,
    `  ${ids.join(' --> ')}`,
    '  classDef noReturn stroke-width:4px',
    ...closed.map(id => `  class ${id} noReturn`),
    '',
  ].join('\n');
}

/** Quotes end a label and a hash begins an entity; titles are our own, and still nothing may break the picture. */
function labelOf(step: PlanStep): string {
  const marks = step.pointOfNoReturn
    ? '<br/>point of no return'
    : step.optional
      ? '<br/>may be given up'
      : '';
  const seconds = step.budgetSeconds > 0 ? `<br/>${step.budgetSeconds.toFixed(1)} s` : '';
  return `${step.title.replaceAll('#', '#35;').replaceAll('"', '#quot;')}${seconds}${marks}`;
}
