import type { Resource, Template } from '../template';
import { asList, leaves, Reference } from '../value';

/** Whether CloudFormation makes `later` only after `earlier`, by `DependsOn` or by reference, over others too. */
export function comesAfter(later: Resource, earlier: Resource, template: Template): boolean {
  const seen = new Set<string>();
  const open = [later];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const id of waitsFor(next)) {
      if (id === earlier.logicalId) return true;
      const found = seen.has(id) ? undefined : template.follow(new Reference(id));
      seen.add(id);
      if (found !== undefined) open.push(found);
    }
  }
  return false;
}

function waitsFor(resource: Resource): readonly string[] {
  const declared = asList(resource.at('DependsOn')).filter(id => typeof id === 'string');
  const referred = [...leaves(resource.at('Properties'))].flatMap(([, value]) =>
    value instanceof Reference ? [value.logicalId] : [],
  );
  // A substitution refers too, though its text is not known.
  const substituted = JSON.stringify(resource.raw.Properties ?? {}).matchAll(/\$\{([A-Za-z0-9]+)[.}]/g);
  return [...declared, ...referred, ...[...substituted].map(match => match[1] ?? '')];
}
