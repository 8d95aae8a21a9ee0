import { S3Backend, type Scope, TerraformElement, TerraformProvider, TerraformStack } from './cdktf';
import { outputsOf } from './outputs';
import { type Json, toJson } from './term';
import { bodyOf, type TerraformBlock } from './terraform-block';
import type { RegionTranslation } from './translate';
import { PROVIDER_VERSION, TERRAFORM_VERSION } from './versions';

/** Where the state of a Region is kept. */
export interface StateOptions {
  /** Bucket of the Region's state. @default - `<application>-terraform-<account>-<region>`, in the Region itself */
  readonly bucket?: string | undefined;
}

/** What `cdk.tf.json` holds, as far as it is read here: blocks by kind, type and name. */
type Document = Record<string, Record<string, Record<string, Json>>>;

/**
 * One Region, its own root module with a state of its own: in a bucket of that Region, so that no Region's plan waits
 * for another (law 3), and locked by a file beside it.
 */
export class RegionTerraformStack extends TerraformStack {
  private readonly resources: TerraformBlockElement[];
  private readonly outputs: Readonly<Record<string, Json>>;

  constructor(scope: Scope, translation: RegionTranslation, state: StateOptions = {}) {
    const { region, account, application } = translation;
    super(scope, region);
    new S3Backend(this, {
      bucket: state.bucket ?? `${application}-terraform-${account}-${region}`,
      key: `${application}/${region}/terraform.tfstate`,
      region,
      encrypt: true,
    });
    this.addOverride('terraform.backend.s3.use_lockfile', true);
    this.addOverride('terraform.required_version', TERRAFORM_VERSION);
    new AwsProvider(this, region, account);
    this.outputs = outputsOf(translation.blocks);
    this.resources = translation.blocks.map(block => new TerraformBlockElement(this, block));
  }

  /** What cdktf gives, and beside it the translated blocks as they are: they hold no token to resolve. */
  override toTerraform(): Document {
    const document = super.toTerraform() as Document;
    for (const { block, body, friendlyUniqueId } of this.resources) {
      document[block.kind] ??= {};
      const ofKind = document[block.kind] as Record<string, Record<string, Json>>;
      ofKind[block.type] ??= {};
      (ofKind[block.type] as Record<string, Json>)[friendlyUniqueId] = body;
    }
    return { ...document, output: this.outputs as Document[string] };
  }
}

class AwsProvider extends TerraformProvider {
  constructor(
    stack: TerraformStack,
    private readonly region: string,
    private readonly account: string,
  ) {
    super(stack, 'aws', {
      terraformResourceType: 'aws',
      terraformGeneratorMetadata: {
        providerName: 'aws',
        providerVersion: PROVIDER_VERSION,
        providerVersionConstraint: `~> ${PROVIDER_VERSION}`,
      },
      terraformProviderSource: 'hashicorp/aws',
    });
  }

  protected override synthesizeAttributes(): Record<string, Json> {
    return { region: this.region, allowed_account_ids: [this.account] };
  }
}

/**
 * A translated block in the construct tree. cdktf would resolve each of its values four times; they are data already,
 * so that the stack writes them itself.
 */
class TerraformBlockElement extends TerraformElement {
  constructor(
    stack: TerraformStack,
    readonly block: TerraformBlock,
  ) {
    super(stack, `${block.kind}.${block.type}.${block.name}`, block.type);
    this.overrideLogicalId(block.name);
  }

  get body(): Json {
    return { ...(toJson(bodyOf(this.block)) as object), ...this.rawOverrides };
  }
}
