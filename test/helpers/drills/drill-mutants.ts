// Mutants of the engine: one part is taken out, and the proof must notice.
import type { Plan } from '../../../lib/drill';
import { ACTIONS } from '../../../lib/drill/steps';
import type { StepAction } from '../../../lib/drill/steps/action';
import type { Mutant } from './drill-world';

const MOVES = ['switch-database', 'fail-over-database'] as const;

/** A record as it is written; the plan of a mutant differs. */
export function mutatedPlan(line: string, mutant: Mutant | undefined): string {
  const repeats = mutant === 'repeats an unrepeatable step';
  const early = mutant === 'moves the database before the fence';
  if (!line.includes('"type":"plan"') || (!repeats && !early)) return line;
  const entry = JSON.parse(line) as { plan: Plan };
  const steps = entry.plan.steps.map(step => (repeats ? { ...step, repeatable: true } : step));
  const first = steps.filter(step => early && (MOVES as readonly string[]).includes(step.id));
  const plan = { ...entry.plan, steps: [...first, ...steps.filter(step => !first.includes(step))] };
  return `${JSON.stringify({ ...entry, plan })}\n`;
}

/** A journal of which a resumed process knows no more than the plan. */
const forgetful = (text: string): string =>
  text
    .split('\n')
    .filter(line => /"type":"(begin|plan|take-over|end)"/.test(line))
    .join('\n');

/** What a mutant reads of a journal. */
export function mutatedRead(text: string, mutant: Mutant | undefined): string {
  switch (mutant) {
    case 'resume forgets the journal':
      return forgetful(text);
    case 'lets another move begin while a call may be late':
      return text.replace(/^(\{.*)"type":"act"(.*database"\})$/gm, '$&\n$1"type":"act-answered"$2');
    case 'counts what a superseded process writes':
      return text.replace(/"term":\d+,"writer":"[^"]*",/g, '');
    default:
      return text;
  }
}

const done: StepAction = { examine: async () => 'done' };

/** Takes what is under way for done. */
const impatient =
  (action: StepAction): StepAction['examine'] =>
  async run => {
    const examined = await action.examine(run);
    return examined === 'under-way' ? 'done' : examined;
  };

/** Runs `work` with the engine's actions changed as the mutant asks. */
export async function withMutant<T>(mutant: Mutant | undefined, work: () => Promise<T>): Promise<T> {
  const actions = ACTIONS as Record<keyof typeof ACTIONS, StepAction>;
  const kept = { ...actions };
  if (mutant === 'moves the database before the lease has ended') actions['wait-lease'] = done;
  if (mutant === 'becomes active before the database writes') {
    actions['wait-writer'] = done;
    for (const id of MOVES) actions[id] = { ...kept[id], examine: impatient(kept[id]) };
  }
  if (mutant === 'moves the database before the fence') {
    for (const id of MOVES) {
      const perform: StepAction['perform'] = async run => {
        const { members } = await run.context.cloud.databaseState(run.plan.to, []);
        run.targetClusterArn = members.find(member => member.region === run.plan.to)?.clusterArn;
        await kept[id].perform?.(run);
      };
      actions[id] = { ...kept[id], prepare: undefined, perform };
    }
  }
  try {
    return await work();
  } finally {
    Object.assign(actions, kept);
  }
}
