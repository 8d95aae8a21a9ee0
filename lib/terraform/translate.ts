import { HoldfastError, type Problem } from '../errors';
import { type Report, resolve, type Scope } from './intrinsics';
import { lifecycleOf } from './lifecycle';
import { MAPPINGS } from './mapping';
import { NameRegister, nameOf, snake } from './names';
import { omission } from './omissions';
import { attributeOf, type CompanionResource, type Named, type ResourceMapping } from './resource-mapping';
import { applyRules, type Rules } from './rule';
import type { RegionTemplates, Template, TemplateResource, TemplateValue } from './template';
import {
  type Arguments,
  CLOUDFORMATION_STACK,
  Expression,
  isRecord,
  present,
  speaksOfStack,
  type Term,
} from './term';
import { addressOf, type Lifecycle, NO_LIFECYCLE, type TerraformBlock } from './terraform-block';

/** A Region said in Terraform. */
export interface RegionTranslation {
  readonly region: string;
  readonly account: string;
  readonly application: string;
  readonly blocks: readonly TerraformBlock[];
}

/**
 * Translates the templates of one Region into the blocks of one Terraform state. References between its stacks become
 * references between resources; what has no counterpart is a problem, and all problems are told at once.
 *
 * @throws HoldfastError `invalid-input` for a type or property without a rule, `conflict` for two resources of one name
 */
export function translateRegion(templates: RegionTemplates): RegionTranslation {
  const region = new RegionTranslator(templates);
  const blocks = region.translate();
  if (region.problems.length > 0) {
    const message = `the templates of ${templates.region} hold what has no counterpart in Terraform yet`;
    throw new HoldfastError('invalid-input', message, region.problems);
  }
  const { account, application } = templates;
  return { region: templates.region, account, application, blocks };
}

interface Entry {
  readonly layer: string;
  readonly logicalId: string;
  readonly resource: TemplateResource;
  readonly mapping: ResourceMapping;
  readonly main: Named;
  /** Where it comes from, for messages and comments. */
  readonly path: string;
}

class RegionTranslator {
  readonly problems: Problem[] = [];
  private readonly parameters: { name: string; path: string }[] = [];
  private readonly names = new NameRegister();
  private readonly entries = new Map<string, Entry>();
  private readonly exports = new Map<string, { layer: string; value: TemplateValue }>();

  constructor(private readonly templates: RegionTemplates) {}

  translate(): TerraformBlock[] {
    for (const { layer, template } of this.templates.stacks) this.register(layer, template);
    const groups = [...this.entries.values()].map(entry => this.blocksOf(entry));
    // Who waits for a resource of CloudFormation waits for all that it is in Terraform.
    const together = new Map(
      groups.map(group => [
        addressOf(group[0] as TerraformBlock),
        group.filter(({ kind }) => kind === 'resource').map(addressOf),
      ]),
    );
    const whole = groups.flat().map(block => ({
      ...block,
      dependsOn: block.dependsOn.flatMap(address => together.get(address) ?? [address]).sort(),
    }));
    return [...this.dataSources(), ...whole];
  }

  /** Names every resource first, so that a reference may point forward. */
  private register(layer: string, template: Template): void {
    for (const [logicalId, resource] of Object.entries(template.Resources)) {
      const path = resource.Metadata?.['aws:cdk:path'];
      if (typeof path !== 'string') {
        this.problem(
          `${layer}.${logicalId}`,
          logicalId,
          'says no construct path',
          'synthesize with path metadata',
        );
        continue;
      }
      if (omission(path, resource.Type) !== undefined) continue;
      const mapping = MAPPINGS[resource.Type];
      if (mapping === undefined) {
        const fix = 'give it a rule in lib/terraform/mapping, or leave it out with a reason in omissions.ts';
        this.problem(path, resource.Type, 'is of a type without a rule', fix);
        continue;
      }
      const name = nameOf(path, this.templates.region);
      const { application, region } = this.templates;
      const address = `${mapping.type}.${name}`;
      const main = { name, application, region, logicalId, address, lookUp: this.lookUp };
      this.names.claim(main.address, path);
      this.entries.set(keyOf(layer, logicalId), { layer, logicalId, resource, mapping, main, path });
    }
    for (const { Value: value, Export: exported } of Object.values(template.Outputs ?? {})) {
      if (typeof exported?.Name === 'string') this.exports.set(exported.Name, { layer, value });
    }
  }

  /** What a Region asks of AWS instead of writing it down. */
  private dataSources(): TerraformBlock[] {
    const data = (type: string, name: string, args: Arguments): TerraformBlock => ({
      ...{ kind: 'data', type, name, arguments: args, dependsOn: [], lifecycle: NO_LIFECYCLE },
    });
    return [
      data('aws_caller_identity', 'current', {}),
      data('aws_partition', 'current', {}),
      ...this.parameters.map(({ name, path }) => data('aws_ssm_parameter', name, { name: path })),
    ];
  }

  private readonly lookUp = (address: string): Arguments | undefined => {
    const entry = [...this.entries.values()].find(each => each.main.address === address);
    return entry === undefined ? undefined : this.propertiesOf(entry);
  };

  private blocksOf(entry: Entry): TerraformBlock[] {
    const { resource, mapping, main, path } = entry;
    const properties = this.propertiesOf(entry);
    const translate = (value: Term, rules: Rules): Arguments => {
      const wrong = (at: string, received: Term): void =>
        this.unmapped(`${path}.${at}`, received, resource.Type);
      if (isRecord(value)) return applyRules(value, rules, '', wrong);
      wrong('', value);
      return {};
    };
    const own = translate(properties, mapping.properties);
    const complete = mapping.complete?.(own, properties, main) ?? own;
    const args = { ...mapping.fixed, ...present(complete) };
    if (speaksOfStack(args)) {
      const fix = 'leave the resource out with a reason in omissions.ts, or the property by its rule';
      this.problem(path, resource.Type, 'speaks of the CloudFormation stack', fix);
    }
    const beside = (mapping.companions ?? []).flatMap(({ property, make }) => {
      const value = property === '' ? properties : properties[property];
      return value === undefined ? [] : make(value, { main, properties, translate });
    });
    const dependsOn = this.dependenciesOf(entry);
    const lifecycle = lifecycleOf(mapping.type, args, resource);
    return [
      { kind: 'resource', type: mapping.type, name: main.name, arguments: args, dependsOn, lifecycle, path },
      ...beside.map(each => this.beside(each, entry, dependsOn, lifecycle)),
    ];
  }

  private beside(
    { kind = 'resource', type, suffix, arguments: args }: CompanionResource,
    { main, path }: Entry,
    dependsOn: readonly string[],
    lifecycle: Lifecycle,
  ): TerraformBlock {
    const name = `${main.name}_${suffix}`;
    this.names.claim(`${kind === 'resource' ? '' : 'ephemeral.'}${type}.${name}`, path);
    const kept = kind === 'resource' ? { ...lifecycle, ignoreChanges: [] } : NO_LIFECYCLE;
    return {
      kind,
      type,
      name,
      arguments: args,
      dependsOn: kind === 'resource' ? dependsOn : [],
      lifecycle: kept,
      path,
    };
  }

  private propertiesOf({ layer, resource, path }: Entry): Arguments {
    const report: Report = (message, received) =>
      this.problem(path, received, message, 'teach lib/terraform/intrinsics.ts the function');
    const term = resolve(resource.Properties ?? {}, this.scopeOf(layer), report);
    const update = resource.UpdatePolicy;
    return update === undefined || !isRecord(term)
      ? (term as Arguments)
      : { ...term, UpdatePolicy: update as Term };
  }

  private dependenciesOf({ layer, resource }: Entry): readonly string[] {
    const ids = typeof resource.DependsOn === 'string' ? [resource.DependsOn] : (resource.DependsOn ?? []);
    return ids.flatMap(id => this.entries.get(keyOf(layer, id))?.main.address ?? []).sort();
  }

  private scopeOf(layer: string): Scope {
    return {
      ref: name => this.pseudo(name) ?? this.parameter(layer, name) ?? this.reference(layer, name, undefined),
      attribute: (name, attribute) => this.reference(layer, name, attribute),
      imported: name => {
        const found = this.exports.get(name);
        if (found === undefined) return undefined;
        return resolve(found.value, this.scopeOf(found.layer), () => {});
      },
    };
  }

  private reference(layer: string, logicalId: string, attribute: string | undefined): Term | undefined {
    const entry = this.entries.get(keyOf(layer, logicalId));
    if (entry === undefined) return undefined;
    const { mapping, main } = entry;
    const named = attribute === undefined ? (mapping.ref ?? 'id') : mapping.attributes?.[attribute];
    if (named === undefined) return undefined;
    return typeof named === 'string' ? attributeOf(main.address, named) : named(main);
  }

  private pseudo(name: string): Term | undefined {
    if (name === 'AWS::StackId') return CLOUDFORMATION_STACK;
    if (name === 'AWS::Region') return this.templates.region;
    if (name === 'AWS::AccountId') return new Expression('data.aws_caller_identity.current.account_id');
    if (name === 'AWS::Partition') return new Expression('data.aws_partition.current.partition');
    if (name === 'AWS::URLSuffix') return new Expression('data.aws_partition.current.dns_suffix');
    return undefined;
  }

  /** A parameter that CloudFormation reads from Parameter Store at deploy is a data source. */
  private parameter(layer: string, name: string): Term | undefined {
    const template = this.templates.stacks.find(stack => stack.layer === layer)?.template;
    const declared = template?.Parameters?.[name];
    if (declared === undefined || typeof declared.Default !== 'string') return undefined;
    if (!declared.Type.startsWith('AWS::SSM::Parameter::Value')) return undefined;
    const path = declared.Default;
    const known = this.parameters.find(each => each.path === path);
    const found = known ?? { name: snake(path.split('/').at(-1) ?? path), path };
    if (known === undefined) this.parameters.push(found);
    return new Expression(`data.aws_ssm_parameter.${found.name}.insecure_value`);
  }

  private unmapped(path: string, received: Term, type: string): void {
    const fix = `give it a rule under ${type} in lib/terraform/mapping, or leave it out there with a reason`;
    this.problem(path, received, 'is a property without a rule', fix);
  }

  private problem(path: string, received: unknown, message: string, fix: string): void {
    this.problems.push({ path, received, message, fix });
  }
}

const keyOf = (layer: string, logicalId: string): string => `${layer}/${logicalId}`;
