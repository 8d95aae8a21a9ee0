import { systemClock } from '../runtime/clock';
import { EnvironmentReader } from '../runtime/environment/environment-reader';
import { dynamoReleaseTable } from '../runtime/release/aws-release-store';
import { awsReleaseTarget } from '../runtime/release/aws-release-target';
import type { ReleaseNames } from '../runtime/release/release-names';
import { type ReleaseControllerOptions, releaseLease, turnRelease } from '../runtime/release/release-turn';
import { jsonLogger, type Logger } from '../runtime/telemetry/logger';

/** What the state machine hands in: who it is, and what it kept from the step before. */
export interface ReleaseStepEvent {
  /** The execution, which is one controller. */
  readonly holder: string;
  /** Version of another controller's release that had the last wait to change. @default - none */
  readonly waited?: number | null;
  /** Steps of this execution so far. @default 0 */
  readonly steps?: number;
}

/** What it gets back. */
export interface ReleaseStepAnswer {
  readonly ended: boolean;
  /** Whole seconds until the next step, one at least. */
  readonly waitSeconds: number;
  readonly waited: number | null;
  readonly steps: number;
  /** Whether another execution is to go on: the history of one is bounded. */
  readonly renew: boolean;
  /** For whoever looks at the execution. */
  readonly stage: string;
}

/** Steps of one execution. Each takes about eleven events of the 25,000 that Step Functions keeps for one. */
const STEPS = 1800;
/** Milliseconds that a probe waits for its answer. */
const PROBE_TIMEOUT = 3000;

interface Parts {
  readonly controller: Omit<ReleaseControllerOptions, 'holder'>;
  readonly logger: Logger;
}

let parts: Parts | undefined;

/** One step of a release: the same turn that a loop on an operator's machine makes. */
export async function handler(event: ReleaseStepEvent): Promise<ReleaseStepAnswer> {
  parts ??= makeParts();
  const { controller, logger } = parts;
  const steps = (event.steps ?? 0) + 1;
  const turn = await turnRelease(
    { ...controller, holder: event.holder },
    { waited: event.waited ?? undefined },
  );
  if (turn === undefined) {
    logger.warn('release.none');
    return { ended: true, waitSeconds: 1, waited: null, steps, renew: false, stage: 'none' };
  }
  const { state } = turn.item;
  const { stage, waitingFor, plan } = state;
  logger.info('release.step', { id: plan.id, stage, waitingFor, action: turn.action, problem: turn.problem });
  return {
    ...{ ended: turn.ended, stage, steps, waited: turn.waited ?? null },
    waitSeconds: Math.max(1, Math.ceil(turn.waitSeconds)),
    renew: steps >= STEPS,
  };
}

function makeParts(): Parts {
  const reader = new EnvironmentReader(process.env);
  const region = reader.text('AWS_REGION');
  const names = JSON.parse(reader.text('HOLDFAST_RELEASE_NAMES', '{}')) as ReleaseNames;
  const hosts = JSON.parse(reader.text('HOLDFAST_RELEASE_HOSTS', '{}')) as Readonly<Record<string, string>>;
  if (names.table === undefined)
    reader.refuse('HOLDFAST_RELEASE_NAMES', 'names no table', 'set it as ReleaseController does');
  if (Object.keys(hosts).length === 0)
    reader.refuse('HOLDFAST_RELEASE_HOSTS', 'names no Region', 'set it as ReleaseController does');
  reader.finish();
  const endpoint = reader.optional('AWS_ENDPOINT_URL');
  const connections = Object.keys(hosts).map(each => ({ region: each, ...(endpoint && { endpoint }) }));
  const table = dynamoReleaseTable(connections, names.table);
  const send = (each: string) =>
    fetch(`https://${hosts[each]}/readyz`, { signal: AbortSignal.timeout(PROBE_TIMEOUT) });
  const write = (line: string) => process.stdout.write(`${line}\n`);
  return {
    controller: {
      store: table.store,
      target: awsReleaseTarget({ connections, names, clock: systemClock, readItem: table.readItem, send }),
      clock: systemClock,
      leaseSeconds: releaseLease(1),
    },
    logger: jsonLogger({ clock: systemClock, write, base: { region, part: 'release' } }),
  };
}
