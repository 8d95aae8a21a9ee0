import { randomBytes } from 'node:crypto';
import { createDriftAccount } from '../../aws';
import {
  type AccountAnswers,
  type AccountRequest,
  askAccount,
  type Facts,
  type StackPlace,
} from '../../drift';
import { HoldfastError } from '../../errors';
import { labConnection } from '../../lab';
import { LAYERS, stackName } from '../../naming';
import type { CommandContext, CommonOptions } from '../context';
import { type DrillTarget, topologyOf } from '../drill-target';

/** Options of `holdfast drift` that ask an account. */
export interface AccountOptions extends CommonOptions, AccountRequest {
  readonly target: DrillTarget;
  /** Stacks instead of the topology's or the assembly's, each as `us-east-2/orders-data`. */
  readonly stack?: readonly string[];
}

/**
 * What the account says to the options given. The lab is asked by the same code.
 *
 * @param register what is known of it already, and so is not read
 * @throws HoldfastError `not-found` when the target is the lab and none runs
 */
export async function accountAnswers(
  context: CommandContext,
  options: AccountOptions,
  register: Facts['register'],
): Promise<AccountAnswers> {
  const places = options.stack?.map(placeOf);
  // Stacks of other projects need no topology; the register, and the stacks of this one, do.
  const needed = options.live === true || (options.assembly === undefined && places === undefined);
  const topology = needed ? await topologyOf(context, options) : undefined;
  const regions = topology?.regions.map(({ name }) => name) ?? [];
  const application = topology?.application ?? '';
  const lab = options.target === 'lab' ? labConnection(context.projectRoot) : undefined;
  const { clock, signal } = context;
  const access = lab === undefined ? {} : { endpoint: lab.endpoint, credentials: lab.credentials };
  const account = createDriftAccount({ clock, application, ...access });
  const ours = regions.flatMap(region =>
    LAYERS.map(layer => ({ region, stack: stackName(application, layer) })),
  );
  try {
    return await askAccount(options, {
      ...{ account, clock, signal, regions, register },
      stacks: places ?? (options.assembly === undefined ? ours : undefined),
      random: () => randomBytes(4).readUInt32BE() / 2 ** 32,
    });
  } finally {
    account.close();
  }
}

function placeOf(text: string): StackPlace {
  const [, region, stack] = /^([a-z]{2}(?:-[a-z]+)+-\d)\/([A-Za-z][-A-Za-z0-9]*)$/.exec(text) ?? [];
  if (region !== undefined && stack !== undefined) return { region, stack };
  const message = 'is no stack of a Region';
  throw new HoldfastError('invalid-input', 'a stack is not named', [
    { path: '--stack', received: text, message, fix: 'give it as us-east-2/orders-data' },
  ]);
}
