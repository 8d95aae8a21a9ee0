/** The same topology as Terraform: translated from the templates of the CDK's side, so that one file gives both. */
export { readAssembly } from './assembly';
export { PROVIDER_VERSION, RegionTerraformStack, type StateOptions, TERRAFORM_VERSION } from './region-stack';
export { type SynthesizedRegion, type SynthOptions, synthTerraform } from './synth';
export type { RegionTemplate, RegionTemplates, Template, TemplateAsset } from './template';
export { type RegionTranslation, translateRegion } from './translate';
