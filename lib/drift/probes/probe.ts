import { inParallel } from '../account/parallel';
import { reasonOf } from '../account/unchecked';
import { differencesOf } from '../compare/differences';
import { type JsonObject, own } from '../compare/values';
import type { Comparison, Difference, Json, Place, ResourceChange, Unchecked } from '../model';
import type { Declared, LiveStack } from './live-stack';
import type { LiveReads } from './port';
import { isTold } from './resolve';

/** What a probe knows of the run. */
export interface ProbeContext {
  readonly live: LiveReads;
  /** Every stack of the run that could be read. */
  readonly stacks: readonly LiveStack[];
  /** Whether that is every stack that was asked for: what none of them declares is declared nowhere. */
  readonly isWhole: boolean;
  /** Where the register says that the writer is; nothing when it could not be read, or a move is under way. */
  readonly active?: string;
  /** Live settings as they are stored, by Region and name; nothing for one that could not be read. */
  readonly settings: Settings;
}

/** A stored live setting: its text, or that there is none. */
export type Setting = { readonly value: string | undefined } | undefined;
/** Looks a live setting up. */
export type Settings = (region: string, name: string) => Setting;

/** What a probe found of one resource. */
export interface Looked {
  readonly changes: readonly ResourceChange[];
  readonly unchecked: readonly Unchecked[];
}

/** Compares what is declared with what runs, where CloudFormation's own drift detection does not. */
export interface Probe {
  /** Types of which it looks at every resource. */
  readonly types: readonly string[];
  /** Nothing for a resource of which it has nothing to look at. */
  look(declared: Declared, context: ProbeContext): Promise<Looked | undefined>;
}

/** All that the probes find. One resource that cannot be read hides no other. */
export async function probe(probes: readonly Probe[], context: ProbeContext): Promise<Comparison> {
  const pairs = context.stacks
    .flatMap(({ resources }) => resources)
    .flatMap(declared =>
      probes.filter(({ types }) => types.includes(declared.type)).map(each => ({ declared, each })),
    );
  const found = await inParallel(pairs, async ({ declared, each }): Promise<Looked | undefined> => {
    try {
      return await each.look(declared, context);
    } catch (error) {
      return { changes: [], unchecked: [uncheckedOf(declared, reasonOf(error))] };
    }
  });
  const looked = found.filter(each => each !== undefined);
  const templates = context.stacks.map(({ region, stack, template }) => ({
    ...{ region, stack, before: template, after: template },
  }));
  return {
    checked: looked.filter(({ unchecked }) => unchecked.length === 0).length,
    changes: looked.flatMap(({ changes }) => changes),
    unchecked: looked.flatMap(({ unchecked }) => unchecked),
    templates,
  };
}

const placeOf = ({ region, stack, resource, type }: Place): Place => ({ region, stack, resource, type });

/** Something of a resource that could not be looked at. */
export const uncheckedOf = (
  declared: Place,
  said: { readonly why: string; readonly fix: string },
): Unchecked => ({ ...placeOf(declared), source: 'probe', ...said });

/** Nothing found, and looked at to the end. */
export const CLEAN: Looked = { changes: [], unchecked: [] };

/**
 * Holds properties of what runs against what is declared. A declared value that cannot be told is unchecked.
 *
 * @param expected of which each property is looked at, also where it is `undefined`
 * @param live nothing when the resource is gone
 */
export function compared(
  declared: Declared,
  expected: Readonly<Record<string, Json | undefined>>,
  live: JsonObject | undefined,
): Looked {
  const known = Object.entries(expected).filter(([, value]) => isTold(value));
  const unchecked = Object.entries(expected)
    .filter(([, value]) => !isTold(value))
    .map(([name]) => uncheckedOf(declared, untold(name)));
  const before: Json = {
    Properties: Object.fromEntries(known.filter(([, value]) => value !== undefined)) as JsonObject,
  };
  if (live === undefined) return { changes: [changeOf(declared, before, undefined, [])], unchecked };
  const after: Json = { Properties: live };
  const differences = known.flatMap(([name, value]) =>
    differencesOf(value, own(live, name), `Properties.${name}`),
  );
  return {
    changes: differences.length === 0 ? [] : [changeOf(declared, before, after, differences)],
    unchecked,
  };
}

/** A difference between what is declared and what runs; without differences it is gone, or nobody has declared it. */
export function changeOf(
  declared: Place & { readonly physicalId?: string },
  before: Json | undefined,
  after: Json | undefined,
  differences: readonly Difference[],
): ResourceChange {
  const { physicalId } = declared;
  const action = after === undefined ? 'delete' : before === undefined ? 'create' : 'update';
  return {
    ...{ ...placeOf(declared), source: 'probe', action, before, after, differences },
    ...(physicalId === undefined ? {} : { physicalId }),
  };
}

const untold = (name: string) => ({
  why: `the template makes ${name} at deploy, so what it should be cannot be told`,
  fix: 'look at it by hand, or write the value into the template',
});
