import type { Rules } from './rule';
import { type Arguments, type Draft, Expression, type Term } from './term';

/** How a type of CloudFormation is said in Terraform. */
export interface ResourceMapping {
  /** Type in Terraform: `aws_vpc`. */
  readonly type: string;
  readonly properties: Rules;
  /** What `Ref` gives: the name of an attribute. @default 'id' */
  readonly ref?: Attribute;
  /** What `Fn::GetAtt` gives, by the names in CloudFormation. */
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** What CloudFormation does unasked and Terraform must be told. @default - nothing */
  readonly fixed?: Arguments;
  /** Further resources that the one of CloudFormation is in Terraform. @default - none */
  readonly companions?: readonly Companion[];
  /**
   * Last word on the arguments, for what no single property decides.
   * @default - as the rules give them
   */
  readonly complete?: (args: Arguments, properties: Arguments, resource: Named) => Draft;
}

/** Name of an attribute, or what is made of the resource where no attribute says the same. */
export type Attribute = string | ((resource: Named) => Term);

/** A resource that has its name. */
export interface Named {
  /** `aws_vpc.network_vpc`. */
  readonly address: string;
  readonly name: string;
  /** Name of the application, with which names begin that CloudFormation would have made up. */
  readonly application: string;
  readonly region: string;
  /** Id in the template, which the CDK changes where a new resource must come. */
  readonly logicalId: string;
  /** Properties of another resource of the Region, by its address. */
  readonly lookUp: (address: string) => Arguments | undefined;
}

/** A name for what CloudFormation would have named itself: `orders-foundation-gate-function`. */
export const madeUpName = ({ application, name }: Named): string =>
  `${application}-${name.replaceAll('_', '-')}`;

/** A resource that stands beside the main one. */
export interface CompanionResource {
  /** What its name adds to that of the main one. */
  readonly suffix: string;
  readonly type: string;
  readonly arguments: Arguments;
  /** Kind of block. @default 'resource' */
  readonly kind?: 'resource' | 'ephemeral';
}

/** Makes resources from one property; the property's rule is `byCompanion`. */
export interface Companion {
  /** The property; an absent one makes nothing. `''` is every resource of the type. */
  readonly property: string;
  readonly make: (value: Term, use: CompanionUse) => readonly CompanionResource[];
}

/** What the making of a companion may use. */
export interface CompanionUse {
  readonly main: Named;
  /** All properties of the resource. */
  readonly properties: Arguments;
  /** Translates an object by rules, loudly. */
  readonly translate: (value: Term, rules: Rules) => Arguments;
}

/** A companion made from an object by rules, tied to the main resource. */
export function companion(
  property: string,
  type: string,
  suffix: string,
  link: Readonly<Record<string, string>>,
  rules: Rules,
): Companion {
  return {
    property,
    make: (value, { main, translate }) => [
      { type, suffix, arguments: { ...linked(main, link), ...translate(value, rules) } },
    ],
  };
}

/** One companion for each object of a list, numbered from 1. */
export function companions(
  property: string,
  type: string,
  suffix: string,
  link: Readonly<Record<string, string>>,
  rules: Rules,
): Companion {
  return {
    property,
    make: (value, { main, translate }) =>
      (Array.isArray(value) ? value : []).map((each, index) => ({
        type,
        suffix: `${suffix}_${index + 1}`,
        arguments: { ...linked(main, link), ...translate(each, rules) },
      })),
  };
}

/** Arguments that refer to the main resource. */
export function linked(main: Named, link: Readonly<Record<string, string>>): Arguments {
  return Object.fromEntries(
    Object.entries(link).map(([argument, attribute]) => [argument, attributeOf(main.address, attribute)]),
  );
}

/** A reference to an attribute. */
export const attributeOf = (address: string, attribute: string): Expression =>
  new Expression(`${address}.${attribute}`);
