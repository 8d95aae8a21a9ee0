import { HoldfastError, type Problem } from '../errors';
import { isRecord, resolve, type Scope } from './resolve';
import { leaves, Reference, type Value, valueAt } from './value';

/** One resource of a template, its intrinsic functions computed as far as the template tells. */
export interface Resource {
  readonly logicalId: string;
  /** CloudFormation type, such as `AWS::RDS::DBCluster`. */
  readonly type: string;
  /** What stands at a path from the resource's root, such as `Properties.DeletionProtection`. */
  at(path: string): Value;
  /** The resource as written. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** A reference from one resource to another. */
export interface Referrer {
  readonly resource: Resource;
  /** Where in the referring resource. */
  readonly path: string;
}

/** A CloudFormation template that rules can judge. */
export class Template {
  readonly resources: readonly Resource[];
  /** Why the template is not all there is: macros, loops, modules and nested stacks. */
  readonly unexpanded: readonly string[];
  private readonly byId: ReadonlyMap<string, Resource>;
  private referrers?: ReadonlyMap<string, readonly Referrer[]>;

  constructor(document: Readonly<Record<string, unknown>>) {
    const declared = Object.entries(document.Resources as Readonly<Record<string, unknown>>);
    const loops = declared.filter(([id]) => id.startsWith('Fn::ForEach'));
    const single = declared.filter(([id]) => !id.startsWith('Fn::ForEach'));
    const scope: Scope = {
      resourceIds: new Set(single.map(([id]) => id)),
      mappings: isRecord(document.Mappings) ? document.Mappings : {},
    };
    this.resources = single.map(([id, raw]) =>
      resourceOf(id, raw as Readonly<Record<string, unknown>>, scope),
    );
    this.byId = new Map(this.resources.map(resource => [resource.logicalId, resource]));
    this.unexpanded = [
      ...loops.map(([id]) => `Resources.${id} is a loop, expanded at deploy`),
      ...macrosOf(document.Transform).map(name => `the macro ${name} may change every resource`),
      ...this.resources
        .filter(({ type }) => type === 'AWS::CloudFormation::Stack' || type.endsWith('::MODULE'))
        .map(({ logicalId, type }) => `Resources.${logicalId} (${type}) has a template of its own`),
    ];
  }

  /** Every resource of a type. */
  ofType(type: string): readonly Resource[] {
    return this.resources.filter(resource => resource.type === type);
  }

  /** The resource that a value refers to, if it is one of this template's. */
  follow(value: Value): Resource | undefined {
    return value instanceof Reference ? this.byId.get(value.logicalId) : undefined;
  }

  /** The resource of a type that a value names: by reference, or by the literal name at `namePath`. */
  named(type: string, value: Value, namePath: string): Resource | undefined {
    const followed = this.follow(value);
    if (followed !== undefined) return followed.type === type ? followed : undefined;
    if (typeof value !== 'string') return undefined;
    return this.ofType(type).find(resource => resource.at(namePath) === value);
  }

  /** Who refers to a resource, `DependsOn` left out. */
  referrersOf(resource: Resource): readonly Referrer[] {
    this.referrers ??= this.collectReferrers();
    return this.referrers.get(resource.logicalId) ?? [];
  }

  private collectReferrers(): ReadonlyMap<string, readonly Referrer[]> {
    const found = new Map<string, Referrer[]>();
    for (const resource of this.resources) {
      for (const [path, value] of leaves(resource.at('Properties'), 'Properties')) {
        if (!(value instanceof Reference)) continue;
        found.set(value.logicalId, [...(found.get(value.logicalId) ?? []), { resource, path }]);
      }
    }
    return found;
  }
}

/**
 * Reads a CloudFormation template in JSON.
 *
 * @param text the document
 * @param name what to call it in errors, mostly its file
 * @throws HoldfastError `invalid-input` with the place when it is no JSON or no template
 */
export function parseTemplate(text: string, name: string): Template {
  const document = parseJson(text, name);
  const problems = templateProblems(document);
  if (problems.length > 0) {
    throw new HoldfastError('invalid-input', `${name} is not a CloudFormation template`, problems);
  }
  return new Template(document as Readonly<Record<string, unknown>>);
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    const yaml = /^\s*(AWSTemplateFormatVersion|Resources|Description|Parameters|---|#)/.test(text)
      ? '; YAML is not read: convert it, for example with cfn-flip or aws cloudformation get-template'
      : '';
    const { message } = cause as Error;
    throw new HoldfastError(
      'invalid-input',
      `${name} is not JSON: ${message}${lineOf(message, text)}${yaml}`,
      [],
      {
        cause,
      },
    );
  }
}

/** Line and column, which Node.js names in its later versions only. */
function lineOf(message: string, text: string): string {
  const position = /position (\d+)(?! \(line)/.exec(message)?.[1];
  if (position === undefined) return '';
  const before = text.slice(0, Number(position)).split('\n');
  return ` (line ${before.length} column ${(before.at(-1)?.length ?? 0) + 1})`;
}

function templateProblems(document: unknown): readonly Problem[] {
  const fix = 'give the template that CloudFormation deploys, for CDK apps a *.template.json of cdk.out';
  if (!isRecord(document)) return [{ path: '$', message: 'not an object', received: document, fix }];
  const { Resources: resources } = document;
  if (!isRecord(resources)) {
    return [{ path: '$.Resources', message: 'not an object', received: resources, fix }];
  }
  return Object.entries(resources)
    .filter(([id]) => !id.startsWith('Fn::ForEach'))
    .filter(([, raw]) => !isRecord(raw) || typeof raw.Type !== 'string')
    .map(([id, received]) => ({
      path: `$.Resources.${id}`,
      message: 'not a resource: it has no Type',
      received,
      fix: 'give each resource a Type and Properties',
    }));
}

function resourceOf(logicalId: string, raw: Readonly<Record<string, unknown>>, scope: Scope): Resource {
  let resolved: Value;
  return {
    logicalId,
    type: raw.Type as string,
    raw,
    at: path => {
      resolved ??= resolve({ ...raw, Properties: raw.Properties ?? {} }, scope);
      return valueAt(resolved, path);
    },
  };
}

/** Macros that add or change resources; the language extensions only add functions. */
function macrosOf(transform: unknown): readonly string[] {
  const entries = Array.isArray(transform) ? transform : transform === undefined ? [] : [transform];
  return entries
    .map(entry => (isRecord(entry) ? String(entry.Name) : String(entry)))
    .filter(name => name !== 'AWS::LanguageExtensions');
}
