import { type DrillContext, type DrillMode, planDrill, planMermaid, preflight } from '../../drill';
import type { CommandContext, CommandResult } from '../context';
import { homeTopologyOf, withDrill } from '../drill-target';
import { EXIT_OF_VERDICT, formatPlan, formatPreflight } from '../drill-text';
import type { DrillOptions } from './drill';

/** Options of `holdfast drill plan`. */
export interface PlanOptions extends DrillOptions {
  readonly to: string;
  readonly mode: DrillMode;
  readonly format: 'text' | 'mermaid';
}

/** Options of `holdfast preflight`. */
export interface PreflightCommandOptions extends DrillOptions {
  readonly to: string;
  readonly mode: DrillMode;
  readonly acceptUnknown?: readonly string[];
}

/** What a move would do, from the state as it is. The exit code says whether its preflight lets it begin. */
export async function plan(context: CommandContext, options: PlanOptions): Promise<CommandResult> {
  const topology = await homeTopologyOf(context, options);
  return withDrill(context, topology, options.target, async open => {
    const { document, verdict } = await draw(open, options);
    const text =
      options.format === 'mermaid' ? planMermaid(document.plan) : formatPlan(document.plan, verdict);
    return { exitCode: EXIT_OF_VERDICT[verdict], document, text };
  });
}

async function draw(open: DrillContext, { to, mode }: PlanOptions) {
  const { timeScale, settings } = open;
  const found = await preflight(open, { to, mode, acceptDataLoss: mode === 'failover' });
  const { register, capacity, scaleUp, checks, verdict } = found;
  const before = register.record;
  const drawn = planDrill({
    id: `${mode}-planned`,
    mode,
    to,
    before,
    timeScale,
    capacity,
    scaleUp,
    settings,
  });
  return { verdict, document: { version: 1, plan: drawn, verdict, checks } };
}

/** Whether a Region could take over now; looks and changes nothing. */
export async function runPreflight(
  context: CommandContext,
  options: PreflightCommandOptions,
): Promise<CommandResult> {
  const topology = await homeTopologyOf(context, options);
  return withDrill(context, topology, options.target, async open => {
    const found = await preflight(open, options);
    return { exitCode: EXIT_OF_VERDICT[found.verdict], document: found, text: formatPreflight(found) };
  });
}
