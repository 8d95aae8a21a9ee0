import { reasonOf } from '../account/unchecked';
import { own, textOf } from '../compare/values';
import type { Difference } from '../model';
import type { Declared } from './live-stack';
import type { LiveReads, Rollout } from './port';
import { CLEAN, changeOf, type Looked, type Probe, type ProbeContext, uncheckedOf } from './probe';
import { isTold } from './resolve';

const TYPE = 'AWS::AppConfig::Deployment';
const UNDER_WAY = ['BAKING', 'VALIDATING', 'DEPLOYING', 'ROLLING_BACK'];

/** Paths at which a roll-out may differ: from its template, from other Regions, and from what was last asked for. */
export const CONFIG_PATHS = {
  version: 'Properties.ConfigurationVersion',
  content: 'Properties.Content',
  state: 'Properties.State',
} as const;

/** Which configuration each Region serves: against its template, the other Regions and its own last roll-out. */
export const configVersions: Probe = {
  types: [TYPE],
  async look(declared, context) {
    const asked = askedOf(declared, context);
    if (asked === undefined) return { changes: [], unchecked: [uncheckedOf(declared, UNTOLD)] };
    const rollouts = await rolloutsOf(context.live, asked);
    const last = rollouts.at(-1);
    if (last !== undefined && UNDER_WAY.includes(last.state)) {
      const why = `version ${last.version} of ${asked.name} is being rolled out (${last.state})`;
      return { changes: [], unchecked: [uncheckedOf(declared, { why, fix: 'run again when it is done' })] };
    }
    const served = servedOf(rollouts);
    if (served === undefined)
      return { changes: [changeOf(declared, { Properties: asked.own }, undefined, [])], unchecked: [] };
    const differences: Difference[] = [];
    if (last !== undefined && last.state !== 'COMPLETE') {
      differences.push({ path: CONFIG_PATHS.state, before: 'COMPLETE', after: last.state });
    }
    if (served.version !== asked.version) {
      differences.push({ path: CONFIG_PATHS.version, before: asked.version, after: served.version });
    }
    const apart = await apartOf(declared, asked, served, context);
    return withDifferences(declared, [...differences, ...apart.differences], apart.unchecked, {
      ...{ ConfigurationVersion: served.version, State: last?.state ?? 'COMPLETE' },
    });
  },
};

const UNTOLD = {
  why: 'application, environment, profile or version cannot be told from the template',
  fix: 'look at the configuration by hand',
};

/** Whose configuration it is, and what its template asks for. */
interface Asked {
  readonly region: string;
  readonly application: string;
  readonly environment: string;
  readonly profile: string;
  /** Names of application and profile, which are the same in each Region. */
  readonly name: string;
  readonly profileName: string;
  readonly version: string;
  readonly own: { readonly ConfigurationVersion: string };
}

function askedOf({ region, stack, properties }: Declared, { stacks }: ProbeContext): Asked | undefined {
  const [application, environment, profile, id] = [
    ...['ApplicationId', 'EnvironmentId', 'ConfigurationProfileId', 'ConfigurationVersion'],
  ].map(name => (isTold(own(properties, name)) ? own(properties, name) : undefined));
  const resources = stacks.find(each => each.region === region && each.stack === stack)?.resources ?? [];
  const nameOf = (type: string, physicalId: unknown) =>
    own(resources.find(each => each.type === type && each.physicalId === physicalId)?.properties, 'Name');
  const names = [
    nameOf('AWS::AppConfig::Application', application),
    nameOf('AWS::AppConfig::ConfigurationProfile', profile),
  ];
  const texts = [application, environment, profile, id, ...names];
  if (texts.some(each => typeof each !== 'string')) return undefined;
  // The id of a hosted version ends with its number.
  const version = textOf(id).split('|').at(-1) ?? '';
  return {
    ...{
      region,
      application: textOf(application),
      environment: textOf(environment),
      profile: textOf(profile),
    },
    ...{ name: names.map(textOf).join(' '), profileName: textOf(names[1]), version },
    own: { ConfigurationVersion: version },
  };
}

/** Roll-outs of one profile, the newest last. */
async function rolloutsOf(live: LiveReads, { region, application, environment, profileName }: Asked) {
  const all = await live.rollouts(region, application, environment);
  return all.filter(each => each.profile === profileName).sort((a, b) => a.number - b.number);
}

const servedOf = (rollouts: readonly Rollout[]): Rollout | undefined =>
  rollouts.filter(({ state }) => state === 'COMPLETE').at(-1);

/** Whether the Region serves another content than the one that all are held against: the active Region, or the first. */
async function apartOf(
  declared: Declared,
  asked: Asked,
  served: Rollout,
  context: ProbeContext,
): Promise<{ readonly differences: readonly Difference[]; readonly unchecked: Looked['unchecked'] }> {
  const first = referenceOf(asked, context);
  if (first === undefined || first.region === asked.region) return { differences: [], unchecked: [] };
  try {
    const theirs = servedOf(await rolloutsOf(context.live, first));
    const [content, wanted] = await Promise.all([
      context.live.digest(asked.region, { ...asked, version: served.version }),
      theirs && context.live.digest(first.region, { ...first, version: theirs.version }),
    ]);
    if (content === undefined || (wanted === undefined && theirs !== undefined)) {
      const why = 'AppConfig does not host the content, so Regions cannot be held against each other';
      return {
        differences: [],
        unchecked: [uncheckedOf(declared, { why, fix: 'compare it at its source' })],
      };
    }
    if (content === wanted) return { differences: [], unchecked: [] };
    const difference = { path: CONFIG_PATHS.content, before: wanted, after: content };
    return { differences: [difference], unchecked: [] };
  } catch (error) {
    return { differences: [], unchecked: [uncheckedOf(declared, reasonOf(error))] };
  }
}

/** The same configuration in the Region that all others are held against. */
function referenceOf(asked: Asked, context: ProbeContext): Asked | undefined {
  const all = context.stacks
    .flatMap(({ resources }) => resources)
    .filter(({ type }) => type === TYPE)
    .flatMap(each => askedOf(each, context) ?? [])
    .filter(({ name }) => name === asked.name);
  return all.find(({ region }) => region === context.active) ?? all[0];
}

function withDifferences(
  declared: Declared,
  differences: readonly Difference[],
  unchecked: Looked['unchecked'],
  after: Readonly<Record<string, string>>,
): Looked {
  if (differences.length === 0) return unchecked.length === 0 ? CLEAN : { changes: [], unchecked };
  const before = Object.fromEntries(
    differences.flatMap(({ path, before: value }) =>
      value === undefined ? [] : [[path.replace('Properties.', ''), value]],
    ),
  );
  const change = changeOf(declared, { Properties: before }, { Properties: after }, differences);
  return { changes: [change], unchecked };
}
