import type { DeployedStack, StackResource } from '../account/port';
import { entriesOf } from '../compare/entries';
import { getAttOf, intrinsicOf, isObject, type JsonObject, own, textOf } from '../compare/values';
import type { Json } from '../model';

/** What the functions of a template are resolved with. */
export interface Known {
  readonly template: JsonObject;
  readonly deployed: DeployedStack;
  readonly standing: readonly StackResource[];
  readonly exports: ReadonlyMap<string, string>;
}

/** Attributes that are the very thing a `Ref` gives, by type. */
const SAME: Readonly<Record<string, readonly string[]>> = {
  'AWS::Route53::HealthCheck': ['HealthCheckId'],
  'AWS::Route53::HostedZone': ['Id'],
  'AWS::ElasticLoadBalancingV2::TargetGroup': ['TargetGroupArn'],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ['LoadBalancerArn'],
};

/** Puts values where a deployed template has functions, as far as the account tells them. */
export class Resolver {
  private readonly physical: ReadonlyMap<string, StackResource>;
  private readonly parameters: ReadonlyMap<string, Json>;

  constructor(private readonly known: Known) {
    this.physical = new Map(known.standing.map(each => [each.id, each]));
    this.parameters = entriesOf(own(known.template, 'Parameters'));
  }

  /** A value in which whatever cannot be told is a function still; `undefined` for `AWS::NoValue`. */
  value(value: Json | undefined): Json | undefined {
    if (Array.isArray(value)) {
      return (value as readonly Json[]).map(each => this.value(each)).filter(each => each !== undefined);
    }
    if (!isObject(value)) return value;
    const [name, argument] = intrinsicOf(value) ?? [];
    if (name === undefined || argument === undefined) return this.entries(value);
    if (name === 'Ref') return argument === 'AWS::NoValue' ? undefined : (this.reference(argument) ?? value);
    if (name === 'Fn::GetAtt') return this.attribute(argument) ?? value;
    if (name === 'Fn::ImportValue') return this.known.exports.get(textOf(this.value(argument))) ?? value;
    if (name === 'Fn::Join') return this.joined(argument) ?? value;
    if (name === 'Fn::Sub') return this.substituted(argument) ?? value;
    return value;
  }

  private entries(value: JsonObject): Json {
    const kept = Object.entries(value).map(([key, item]) => [key, this.value(item)] as const);
    return Object.fromEntries(kept.filter(([, item]) => item !== undefined)) as JsonObject;
  }

  private reference(argument: Json): string | undefined {
    const name = textOf(argument);
    const [, partition = '', , region = '', account = ''] = this.known.deployed.arn.split(':');
    const pseudo: Readonly<Record<string, string>> = {
      'AWS::Region': region,
      'AWS::AccountId': account,
      'AWS::Partition': partition,
      'AWS::StackId': this.known.deployed.arn,
      'AWS::StackName': this.known.deployed.arn.split('/')[1] ?? '',
    };
    return (
      (Object.hasOwn(pseudo, name) ? pseudo[name] : undefined) ??
      this.parameter(name) ??
      this.physical.get(name)?.physicalId
    );
  }

  /** A parameter with one value that is shown. */
  private parameter(name: string): string | undefined {
    const type = textOf(own(this.parameters.get(name), 'Type'));
    const given = this.known.deployed.parameters.get(name);
    if (
      given === undefined ||
      /List/.test(type) ||
      textOf(own(this.parameters.get(name), 'NoEcho')) === 'true'
    ) {
      return undefined;
    }
    return given.resolved ?? given.value;
  }

  private attribute(argument: Json): string | undefined {
    const [id, attribute] = getAttOf(argument) ?? [];
    const resource = id === undefined ? undefined : this.physical.get(id);
    if (resource?.physicalId === undefined || typeof attribute !== 'string') return undefined;
    if (SAME[resource.type]?.includes(attribute)) return resource.physicalId;
    if (attribute !== 'Arn') return undefined;
    if (resource.physicalId.startsWith('arn:')) return resource.physicalId;
    const [, partition, , region, account] = this.known.deployed.arn.split(':');
    const isFunction = resource.type === 'AWS::Lambda::Function';
    return isFunction
      ? `arn:${partition}:lambda:${region}:${account}:function:${resource.physicalId}`
      : undefined;
  }

  private joined(argument: Json): string | undefined {
    const [between, list] = Array.isArray(argument) ? (argument as readonly Json[]) : [];
    const parts = this.value(list);
    if (typeof between !== 'string' || !Array.isArray(parts)) return undefined;
    return parts.every(each => typeof each === 'string') ? parts.join(between) : undefined;
  }

  private substituted(argument: Json): string | undefined {
    const [text, given] = Array.isArray(argument) ? (argument as readonly Json[]) : [argument];
    if (typeof text !== 'string') return undefined;
    let isWhole = true;
    const told = text.replaceAll(/\$\{([^!{}][^{}]*)\}/g, (_all, inside: string) => {
      const name = inside.trim();
      const value = own(given, name) ?? (name.includes('.') ? { 'Fn::GetAtt': name } : { Ref: name });
      const found = this.value(value);
      isWhole &&= typeof found === 'string';
      return textOf(found);
    });
    return isWhole ? told.replaceAll('${!', '${') : undefined;
  }
}

/** Whether a value holds nothing that is left to be told. */
export function isTold(value: Json | undefined): boolean {
  if (Array.isArray(value)) return (value as readonly Json[]).every(isTold);
  if (!isObject(value)) return typeof value !== 'string' || !value.includes('{{resolve:');
  return intrinsicOf(value) === undefined && Object.values(value).every(isTold);
}
