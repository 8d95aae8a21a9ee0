/** The same topology as Terraform: translated from the templates of the CDK's side, so that one file gives both. */
export { readAssembly } from './assembly';
export { RegionTerraformStack, type StateOptions } from './region-stack';
export { type SynthesizedRegion, type SynthOptions, synthTerraform } from './synth';
export type { RegionTemplate, RegionTemplates, Template, TemplateAsset } from './template';
export { type RegionTranslation, translateRegion } from './translate';
export { PROVIDER_VERSION, TERRAFORM_VERSION } from './versions';
