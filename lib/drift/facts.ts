import type { Facts } from './classify/rule';
import { entriesOf, typeOf } from './compare/entries';
import { own } from './compare/values';
import type { Json, Place, StackTemplates } from './model';

/** Metadata in which templates of Holdfast declare what may move at run time, and how far. */
export const LIVE_SETTINGS = 'Holdfast::LiveSettings';

/** Reason of a change that a probe found against a stored live setting: what is not as stored, no range explains. */
export const NOT_AS_STORED = 'not-as-stored';

/** The templates of the stack in which something stands. */
export function templatesOf(
  facts: Facts,
  { region, stack }: Pick<Place, 'region' | 'stack'>,
): StackTemplates | undefined {
  return facts.templates?.find(each => each.region === region && each.stack === stack);
}

/** Resources of a type as they stood before, of the stack in which a change stands. */
export function resourcesBefore(
  facts: Facts,
  place: Pick<Place, 'region' | 'stack'>,
  type: string,
): readonly (readonly [id: string, resource: Json])[] {
  const resources = entriesOf(own(templatesOf(facts, place)?.before, 'Resources'));
  return [...resources].filter(([, resource]) => typeOf(resource) === type);
}

/** Whether a logical id is one of a resource of the stack; without templates nobody knows. */
export function isResourceOf(facts: Facts, place: Pick<Place, 'region' | 'stack'>): (id: string) => boolean {
  const templates = templatesOf(facts, place);
  const [before, after] = [templates?.before, templates?.after].map(each => own(each, 'Resources'));
  return id => own(before, id) !== undefined || own(after, id) !== undefined;
}

/** The declared range of a live setting of a Region; `undefined` when no template of the run declares it. */
export function liveSettingOf(facts: Facts, region: string, name: string): Json | undefined {
  return liveSettingsOf(facts, region).get(name);
}

/** Every live setting that templates of a Region declare, by the name of its parameter. */
export function liveSettingsOf(facts: Facts, region: string): ReadonlyMap<string, Json> {
  const found = new Map<string, Json>();
  for (const templates of facts.templates ?? []) {
    if (templates.region !== region) continue;
    for (const template of [templates.before, templates.after]) {
      for (const [name, range] of entriesOf(own(own(template, 'Metadata'), LIVE_SETTINGS))) {
        found.set(name, range);
      }
    }
  }
  return found;
}
