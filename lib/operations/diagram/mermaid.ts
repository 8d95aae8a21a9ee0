import type { Diagram, DiagramRegion } from './model';

/** The picture as a mermaid flowchart; GitHub and most wikis draw it. Region names become ids without hyphens. */
export function diagramMermaid(diagram: Diagram): string {
  const { host, regions, register } = diagram;
  const chain = regions.map(({ name }) => `  dns -->|turned by its gate| ${idOf(name)}_balancer`);
  return [
    'flowchart TB',
    `  clients([clients]) --> dns["${label(host)}"]`,
    ...regions.flatMap(subgraph),
    `  register[("${label(registerLine(register))}")]`,
    ...chain,
    ...regions.map(({ name }) => `  ${idOf(name)}_gate -.->|reads| register`),
    ...regions.map(({ name }) => `  ${idOf(name)}_clones -.->|lease| register`),
    ...copies(regions),
    '  classDef active stroke-width:3px',
    ...regions.filter(({ role }) => role === 'active').map(({ name }) => `  class ${idOf(name)} active`),
    '',
  ].join('\n');
}

/** The register in one line. */
export function registerLine({ kind, holders, witness, epoch, phase }: Diagram['register']): string {
  const where = holders.map(name => (name === witness ? `${name} (witness)` : name)).join(', ');
  const state = epoch === undefined ? '' : `; epoch ${epoch}, ${phase}`;
  const fence = kind === 'strong' ? '' : '; cannot fence a partition';
  return `register, ${kind}: ${where}${state}${fence}`;
}

/** Role and birth of a Region in words. */
export const regionLine = ({ name, role, seed, zones }: DiagramRegion): string =>
  `${name}${role === 'unknown' ? '' : `, ${role}`}${seed ? ', seed' : ''}: ${zones.length} zones`;

function subgraph(region: DiagramRegion): string[] {
  const id = idOf(region.name);
  const node = (part: DiagramRegion['parts'][number]) => {
    const text = `"${label(part.title)}<br/>${label(part.detail)}"`;
    const stored = part.id === 'cache' || part.id === 'database' || part.id === 'queue';
    return `    ${id}_${part.id}${stored ? `[(${text})]` : `[${text}]`}`;
  };
  return [
    `  subgraph ${id}["${label(regionLine(region))}"]`,
    ...region.parts.map(node),
    `    ${id}_balancer --> ${id}_clones --> ${id}_database`,
    `    ${id}_clones --> ${id}_cache`,
    `    ${id}_clones --> ${id}_queue --> ${id}_workers --> ${id}_database`,
    '  end',
  ];
}

/** The copies of the data: every Region's member with every other's, since which one writes is run-time state. */
function copies(regions: readonly DiagramRegion[]): string[] {
  return regions
    .slice(1)
    .map(
      (region, index) =>
        `  ${idOf(regions[index]?.name ?? '')}_database <-.->|replication| ${idOf(region.name)}_database`,
    );
}

const idOf = (region: string): string => region.replaceAll('-', '_');
const label = (text: string): string => text.replaceAll('#', '#35;').replaceAll('"', '#quot;');
