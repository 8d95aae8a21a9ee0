/** The part of a CloudFormation template that is translated. */

/** Anything in a template. */
export type TemplateValue =
  | null
  | boolean
  | number
  | string
  | readonly TemplateValue[]
  | { readonly [key: string]: TemplateValue };

/** A resource of a template. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, TemplateValue>>;
  readonly Metadata?: Readonly<Record<string, TemplateValue>>;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdatePolicy?: Readonly<Record<string, TemplateValue>>;
  readonly [key: string]: unknown;
}

/** A synthesized template. */
export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Parameters?: Readonly<
    Record<string, { readonly Type: string; readonly Default?: TemplateValue; readonly Description?: string }>
  >;
  readonly Outputs?: Readonly<
    Record<string, { readonly Value: TemplateValue; readonly Export?: { readonly Name: TemplateValue } }>
  >;
}

/** A file that CloudFormation's side publishes before a deploy. */
export interface TemplateAsset {
  /** Absolute path of the file or folder. */
  readonly source: string;
  readonly packaging: 'file' | 'zip';
  readonly bucket: string;
  readonly key: string;
}

/** One stack of a Region, as the CDK wrote it. */
export interface RegionTemplate {
  /** `foundation`, `network`, ... */
  readonly layer: string;
  readonly template: Template;
  readonly assets: readonly TemplateAsset[];
}

/** Every stack of one Region. */
export interface RegionTemplates {
  readonly region: string;
  readonly account: string;
  readonly application: string;
  readonly stacks: readonly RegionTemplate[];
}
