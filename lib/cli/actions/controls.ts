import { randomInt } from 'node:crypto';
import { controlCluster, readControlSettings, turnControls } from '../../aws';
import { HoldfastError } from '../../errors';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT } from '../context';

/** Options of `holdfast controls turn`. */
export interface TurnOptions extends CommonOptions {
  readonly to: string;
  readonly parameter: string;
  readonly readFrom?: string;
  readonly execute?: boolean;
  readonly confirm?: string;
}

/** Turns traffic alone: which Region may write is the register's to say, and `holdfast drill` moves that. */
export async function turn(context: CommandContext, options: TurnOptions): Promise<CommandResult> {
  const { clock, signal } = context;
  const { to, parameter, readFrom = to } = options;
  const { controls, endpoints } = await readControlSettings({ clock }, readFrom, parameter);
  if (controls[to] === undefined) {
    const known = Object.keys(controls).join(', ');
    throw new HoldfastError('invalid-input', `no routing control turns ${to}`, [
      { path: '--to', received: to, message: 'has no control', fix: `use ${known}` },
    ]);
  }
  const states = Object.fromEntries(
    Object.entries(controls).map(([region, arn]) => [arn, region === to ? 'On' : 'Off'] as const),
  );
  const plan = Object.keys(controls).map(region => ({ region, state: region === to ? 'On' : 'Off' }));
  const planned = plan.map(({ region, state }) => `${region}: ${state}`).join(', ');
  if (options.execute !== true) {
    const document = { version: 1, executed: false, plan, endpoints };
    const text = `would set ${planned}, by one of ${endpoints.length} endpoints; add --execute --confirm ${to}`;
    return { exitCode: EXIT.good, document, text };
  }
  if (options.confirm !== to) {
    throw new HoldfastError('refused', 'traffic is turned only after its Region was typed once more', [
      { path: '--confirm', received: options.confirm, message: 'is not it', fix: `add --confirm ${to}` },
    ]);
  }
  const cluster = controlCluster({});
  try {
    const random = () => randomInt(1_000_000) / 1_000_000;
    const turned = await turnControls({ cluster, endpoints, states, clock, random, signal });
    const document = { version: 1, executed: true, plan, ...turned };
    const others = turned.problems.map(problem => `\n  ${problem}`).join('');
    const text = `set ${planned}; taken by ${turned.takenBy}, shown by ${turned.shownBy}${others}`;
    return { exitCode: EXIT.good, document, text };
  } finally {
    cluster.close();
  }
}
