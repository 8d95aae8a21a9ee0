import { parseServiceEnvironment, type ServiceEnvironment } from './environment';
import { EnvironmentReader, type RawEnvironment } from './environment-reader';

/** Environment of a process that serves every home of an active-active application. */
export interface HomesEnvironment
  extends Pick<
    ServiceEnvironment,
    'region' | 'instanceId' | 'logLevel' | 'logGroup' | 'listen' | 'drainSeconds' | 'timeScale'
  > {
  /** One for each home; a single one without a name where there are none. */
  readonly homes: readonly ServiceEnvironment[];
}

/** Variable that lists the homes: `east,west`. */
export const HOMES = 'HOLDFAST_HOMES';

/**
 * Reads the environment of a process for each of its homes. What a home has of its own has its name in the variable's:
 * HOLDFAST_HOME_EAST_DATABASE_HOST stands for `HOLDFAST_DATABASE_HOST` in home east. Without `HOLDFAST_HOMES` there is one
 * home, which has no name.
 *
 * @throws RuntimeError `environment` with every problem of the list, or of the first home that has any
 */
export function parseHomesEnvironment(raw: RawEnvironment): HomesEnvironment {
  const names = homeNames(raw);
  const [first, ...others] =
    names.length === 0
      ? [parseServiceEnvironment(raw)]
      : names.map(name => parseServiceEnvironment(homeRaw(raw, name), name));
  if (first === undefined) throw new Error('no home');
  return { ...first, homes: [first, ...others] };
}

function homeNames(raw: RawEnvironment): readonly string[] {
  const reader = new EnvironmentReader(raw);
  const text = reader.optional(HOMES);
  if (text === undefined) return [];
  const names = text.split(',');
  if (!names.every(name => /^[a-z][a-z0-9]{1,11}$/.test(name)) || new Set(names).size !== names.length)
    reader.refuse(HOMES, 'is no list of different homes', 'write east,west');
  reader.finish();
  return names;
}

/** The environment as one home has it. */
function homeRaw(raw: RawEnvironment, home: string): RawEnvironment {
  const prefix = `HOLDFAST_HOME_${home.toUpperCase()}_`;
  const own = Object.entries(raw)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => [`HOLDFAST_${name.slice(prefix.length)}`, value]);
  return { ...raw, ...Object.fromEntries(own), [HOMES]: undefined };
}
