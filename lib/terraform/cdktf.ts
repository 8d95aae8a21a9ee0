/**
 * The one place where cdktf is loaded. It was archived in December 2025; to move to its continuation, cdktn, the names
 * are taken from there (docs/decisions/0110). The provider's bindings are not loaded at all: a resource is written from
 * data, and whether the data fits the bindings is what the tests check (docs/decisions/0111).
 */
import type { TerraformStack } from 'cdktf';

export { App, S3Backend, TerraformElement, TerraformProvider, TerraformStack } from 'cdktf';
/** What a stack may stand in. */
export type Scope = ConstructorParameters<typeof TerraformStack>[0];
