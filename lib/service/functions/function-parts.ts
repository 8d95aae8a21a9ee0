import { systemClock } from '../../runtime/clock';
import { parseServiceEnvironment, type ServiceEnvironment } from '../../runtime/environment/environment';
import type { RawEnvironment } from '../../runtime/environment/environment-reader';
import { jsonLogger } from '../../runtime/telemetry/logger';
import { makeParts, type Parts } from '../parts';
import { type FunctionTelemetry, functionTelemetry } from '../process-telemetry';

/**
 * Where Lambda's Node keeps the certificates of Amazon's own services, those of databases among them. Source: the
 * announcement of the Node.js 20 run time, which does not load them by itself any more.
 */
const LAMBDA_CERTIFICATES = '/var/runtime/ca-cert.pem';

/** What a function of the service is made of, once in the life of its process. */
export interface FunctionParts {
  readonly parts: Parts;
  readonly telemetry: FunctionTelemetry;
  /** Runs one invocation: awake, with a configuration that is polled at its pace, and telling before it ends. */
  invoke<T>(work: () => Promise<T>): Promise<T>;
}

/** Reads the environment, which is that of a clone. @throws RuntimeError `environment` with every problem */
export function functionParts(part: string, raw: RawEnvironment): FunctionParts {
  const environment = functionEnvironment(raw);
  const { region, instanceId, logLevel: level } = environment;
  const write = (line: string) => process.stdout.write(`${line}\n`);
  const logger = jsonLogger({
    clock: systemClock,
    write,
    base: { region, instance: instanceId, part },
    level,
  });
  const parts = makeParts(environment, systemClock, logger);
  const telemetry = functionTelemetry(environment, part, parts);
  const configured = polling(parts);
  return {
    parts,
    telemetry,
    invoke: work =>
      telemetry.around(async () => {
        const { first, polled } = configured();
        try {
          await Promise.all([wake(parts), first && polled]);
          await parts.shards.ring.follow();
          return await work();
        } finally {
          await polled;
        }
      }),
  };
}

function functionEnvironment(raw: RawEnvironment): ServiceEnvironment {
  return parseServiceEnvironment({
    HOLDFAST_DATABASE_CA: LAMBDA_CERTIFICATES,
    HOLDFAST_INSTANCE_ID: raw.AWS_LAMBDA_LOG_STREAM_NAME,
    ...raw,
  });
}

/**
 * Reads the register and looks at the database, before anything is answered by what was known earlier: a function is
 * frozen between two invocations, its clock with it, and may wake hours later in a Region that has been fenced.
 */
export async function wake({ keeper, activation }: Pick<Parts, 'keeper' | 'activation'>): Promise<void> {
  await keeper.wake();
  await activation.advance();
}

/** What a function asks for at a pace of its own. */
type Polled = Pick<Parts['flags'], 'restore' | 'poll'>;

interface Polling {
  readonly first: boolean;
  /** Never rejects. */
  readonly polled: Promise<unknown>;
}

/** Polls each when it is due; only the first polls are waited for before the work. */
function polling({ config, flags, clock }: Parts): () => Polling {
  const polls = [config, flags].map(polled => pollingOf(polled, clock));
  return () => {
    const each = polls.map(poll => poll());
    return { first: each.some(({ first }) => first), polled: Promise.all(each.map(({ polled }) => polled)) };
  };
}

/** By the wall clock: the other one was frozen. */
function pollingOf(source: Polled, clock: Parts['clock']): () => Polling {
  let due: number | undefined;
  return () => {
    const first = due === undefined;
    const now = clock.now().getTime();
    if (due !== undefined && now < due) return { first, polled: Promise.resolve() };
    const poll = async () => {
      if (first) await source.restore();
      due = now + (await source.poll()) * 1000;
    };
    return { first, polled: poll() };
  };
}
