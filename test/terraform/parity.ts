import { MAPPINGS } from '../../lib/terraform/mapping';
import { OMISSIONS } from '../../lib/terraform/omissions';
import type { RegionTemplates, TemplateResource, TemplateValue } from '../../lib/terraform/template';
import type { Body } from '../helpers/terraform/check';
import { type Configuration, resourcesOf } from './world';

/** Why a property is not found again. */
export interface Explanation {
  readonly path: RegExp;
  /** @default - any value */
  readonly value?: string;
  readonly reason: string;
}

/**
 * What is said otherwise in Terraform, each with its reason: the only properties of the CDK's side that may not be found
 * again on the other. `path` is matched against `<type>.<property path>`.
 */
export const EXPLAINED: readonly Explanation[] = [
  {
    path: /^AWS::EC2::SecurityGroup\.SecurityGroupEgress\.0\./,
    reason: 'the rule for "none", where a group has none',
  },
  { path: /^AWS::EC2::FlowLog\.ResourceType$/, reason: 'said by the argument that holds the id' },
  {
    path: /^AWS::EC2::LaunchTemplate\.TagSpecifications\.\d+\.ResourceType$/,
    reason: 'the argument is `tags`',
  },
  { path: /^AWS::RDS::DBCluster\.AutoMinorVersionUpgrade$/, reason: 'each instance says it' },
  {
    path: /^AWS::RDS::DBCluster\.Master(Username|UserPassword)$/,
    reason: 'write-only, from an ephemeral resource',
  },
  { path: /^AWS::SecretsManager::Secret\.GenerateSecretString\./, reason: 'an ephemeral resource makes it' },
  { path: /^AWS::CloudWatch::Dashboard\.Tags\./, reason: 'no argument' },
  { path: /^AWS::ApiGateway::Stage\.MethodSettings\.0\.(HttpMethod|ResourcePath)$/, reason: 'method_path' },
  { path: /^AWS::Lambda::Function\.Code\.S3Bucket$/, reason: 'the zip lies beside the configuration' },
  { path: /^AWS::Lambda::Function\.Environment\.Variables\.HOLDFAST_STACK$/, reason: 'there is no stack' },
  {
    path: /^AWS::ElasticLoadBalancingV2::(LoadBalancer|TargetGroup)\.\w+Attributes\.\d+\.Key$/,
    reason: 'arguments',
  },
  { path: /^AWS::ElasticLoadBalancingV2::LoadBalancer\.Scheme$/, reason: '`internal` is false' },
  { path: /^AWS::DynamoDB::GlobalTable\.KeySchema\.\d+\.KeyType$/, reason: 'the argument is `hash_key`' },
  {
    path: /^AWS::DynamoDB::GlobalTable\.Replicas\.0\.Region$/,
    reason: 'the table itself, in its own Region',
  },
  { path: /^AWS::DynamoDB::GlobalTable\.Replicas\.1\.Tags\./, reason: 'replicas take the tags of the table' },
  {
    path: /^AWS::Synthetics::Canary\.(Code\.Script|ProvisionedResourceCleanup)$/,
    reason: 'a zip; delete_lambda',
  },
  {
    path: /^AWS::IAM::Policy\.PolicyDocument\.Statement\.\d+\.Action$/,
    value: 'cloudformation:SignalResource',
    reason: 'there is no stack to signal',
  },
];

/** A property of the CDK's side that was not found again. */
export interface Missing {
  readonly where: string;
  readonly value: unknown;
}

/** Looks for every property of every template of a Region in its configuration. */
export function missingIn(
  templates: RegionTemplates,
  configuration: Configuration,
): { missing: Missing[]; compared: number; unused: Explanation[] } {
  const side = new TerraformSide(templates, configuration);
  const missing: Missing[] = [];
  const used = new Set<Explanation>();
  let compared = 0;
  for (const { layer, template } of templates.stacks) {
    for (const resource of Object.values(template.Resources)) {
      const path = pathOf(resource);
      if (OMISSIONS.some(omitted => omitted.path.test(path.split('/').slice(1).join('/')))) continue;
      for (const [property, value] of leaves(resource.Properties ?? {}, '')) {
        const where = `${resource.Type}.${property}`;
        const explanation = EXPLAINED.find(each => each.path.test(where) && (each.value ?? value) === value);
        if (explanation !== undefined) {
          used.add(explanation);
          continue;
        }
        compared += 1;
        const argument = MAPPINGS[resource.Type]?.properties[property];
        const found =
          typeof argument === 'string' && typeof value !== 'object'
            ? side.says(path, argument, value)
            : side.has(layer, path, value);
        if (!found) missing.push({ where: `${path} ${where}`, value });
      }
    }
  }
  return { missing, compared, unused: EXPLAINED.filter(each => !used.has(each)) };
}

/** A configuration by the construct paths in its comments: not by the tables of the translation. */
class TerraformSide {
  private readonly texts = new Map<string, string>();
  private readonly bodies = new Map<string, Body>();
  private readonly addresses = new Map<string, string[]>();

  constructor(
    private readonly templates: RegionTemplates,
    configuration: Configuration,
  ) {
    const types = new Map(
      templates.stacks.flatMap(({ template }) =>
        Object.values(template.Resources).map(resource => [pathOf(resource), resource.Type] as const),
      ),
    );
    for (const [address, , body] of resourcesOf(configuration)) {
      const path = String(body['//']);
      const main = MAPPINGS[types.get(path) ?? '']?.type;
      if (address.startsWith(`${main}.`) && !this.bodies.has(path)) this.bodies.set(path, body);
      this.addresses.set(path, [...(this.addresses.get(path) ?? []), address]);
      this.texts.set(path, `${this.texts.get(path) ?? ''}\n${wordsOf(body).join('\n')}\n`);
    }
  }

  /** Whether the argument, to which a table sends a plain value, has that value. */
  says(path: string, argument: string, value: TemplateValue): boolean {
    const said = this.bodies.get(path)?.[argument];
    return formsOf(String(value))[0] === String(said);
  }

  /** Whether a leaf is found in what the resource has become: a value as a whole one, text as part of one. */
  has(layer: string, path: string, leaf: TemplateValue): boolean {
    const text = this.texts.get(path) ?? '';
    if (typeof leaf !== 'object' || leaf === null) return contains(text, String(leaf));
    const { texts, targets } = this.partsOf(layer, leaf);
    return (
      texts.every(each => holdsText(text, each)) &&
      targets.every(target =>
        (this.addresses.get(target) ?? ['nowhere']).some(address => text.includes(address)),
      )
    );
  }

  /** Text and resources of which an intrinsic is made. */
  private partsOf(layer: string, value: TemplateValue): { texts: string[]; targets: string[] } {
    if (typeof value === 'string') return { texts: value === '' ? [] : [value], targets: [] };
    if (Array.isArray(value)) return merged(value.map(each => this.partsOf(layer, each)));
    const [[key, argument] = ['', null]] = Object.entries(value ?? {});
    if (key === 'Ref' && argument === 'AWS::Region') return { texts: [this.templates.region], targets: [] };
    if (key === 'Ref') return this.target(layer, String(argument));
    if (key === 'Fn::GetAtt') return this.target(layer, String((argument as readonly string[])[0]));
    if (key === 'Fn::ImportValue') return this.imported(String(argument));
    if (key === 'Fn::Join') return this.partsOf(layer, (argument as readonly TemplateValue[])[1] ?? null);
    if (key === 'Fn::Base64') return this.partsOf(layer, argument);
    if (key === 'Fn::Select' || key === 'Fn::Split')
      return this.partsOf(layer, (argument as readonly TemplateValue[])[1] ?? null);
    return { texts: [], targets: [] };
  }

  private target(layer: string, id: string): { texts: string[]; targets: string[] } {
    const resource = this.templates.stacks.find(stack => stack.layer === layer)?.template.Resources[id];
    return { texts: [], targets: resource === undefined ? [] : [pathOf(resource)] };
  }

  private imported(name: string): { texts: string[]; targets: string[] } {
    for (const { layer, template } of this.templates.stacks) {
      for (const output of Object.values(template.Outputs ?? {})) {
        if (output.Export?.Name === name) return this.partsOf(layer, output.Value);
      }
    }
    return { texts: [], targets: [`no export ${name}`] };
  }
}

const merged = (parts: readonly { texts: string[]; targets: string[] }[]) => ({
  texts: parts.flatMap(({ texts }) => texts),
  targets: parts.flatMap(({ targets }) => targets),
});

const pathOf = (resource: TemplateResource): string => String(resource.Metadata?.['aws:cdk:path']);

/** Whether a whole value is among the words of a block; a value within an expression stands in quotes, or alone. */
function contains(text: string, value: string): boolean {
  if (value.length > 60) return holdsText(text, value);
  const [plain, quoted] = formsOf(value);
  return [plain, quoted].some(form => {
    const escaped = form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`(^|["\\s:\\[])${escaped}(["\\s,}\\]]|$)`, 'm').test(text);
  });
}

/** Whether a piece of text is in a block, as the part of a value. */
const holdsText = (text: string, piece: string): boolean => formsOf(piece).some(form => text.includes(form));

/** Text as it stands in Terraform: templates are escaped; within an expression it is quoted as well. */
function formsOf(text: string): readonly [string, string] {
  const plain = text.replace(/\$\{/g, '$$$${').replace(/%\{/g, '%%{');
  return [plain, JSON.stringify(plain).slice(1, -1)];
}

/** Every key and value of a block. */
function wordsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(wordsOf);
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value as Body).flatMap(([key, inner]) =>
      key === '//' ? [] : [key, ...wordsOf(inner)],
    );
  }
  return [String(value)];
}

/** The leaves of a template's value; an intrinsic is one. */
function leaves(value: TemplateValue, at: string): (readonly [string, TemplateValue])[] {
  if (typeof value !== 'object' || value === null) return [[at, value]];
  const entries = Object.entries(value);
  const [[key] = ['']] = entries;
  if (!Array.isArray(value) && entries.length === 1 && /^(Ref|Fn::\w+)$/.test(key)) return [[at, value]];
  return entries.flatMap(([name, inner]) => leaves(inner, at === '' ? name : `${at}.${name}`));
}
