import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { StandInProvider } from '../helpers/terraform/stand-in';
import { TerraformFolder } from '../helpers/terraform/terraform';
import { type Configuration, synthesize, type World } from '../terraform/world';

/** A synthesized topology, one stand-in for AWS, and a folder of Terraform for each Region. */
export class StandInWorld {
  readonly world: World = synthesize(undefined, { modules: true });
  readonly provider: StandInProvider;
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'holdfast-core-'));
  private environment: Readonly<Record<string, string>> = {};

  constructor(private readonly binary: string) {
    const all = Object.values(this.world.configurations);
    const typesOf = (blocks: (configuration: Configuration) => object) => [
      ...new Set(all.flatMap(configuration => Object.keys(blocks(configuration)))),
    ];
    const resources = typesOf(({ resource }) => resource).filter(type => type !== 'terraform_data');
    this.provider = new StandInProvider({ resources, data: typesOf(({ data }) => data) }, '000000000000');
  }

  /** Starts the provider, and puts a program in place of the AWS command line that writes down how it was called. */
  async start(): Promise<void> {
    const bin = path.join(this.folder, 'bin');
    mkdirSync(bin);
    const aws = path.join(bin, 'aws');
    writeFileSync(
      aws,
      `#!/bin/sh\necho "$* FOLDER=$FOLDER BUCKET=$BUCKET AWS_REGION=$AWS_REGION" >> '${this.awsLog}'\n`,
    );
    chmodSync(aws, 0o755);
    const attached = await this.provider.start();
    this.environment = { ...attached, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}` };
  }

  /** The environment of a process that runs Terraform, or of a command that does. */
  get processEnvironment(): Readonly<Record<string, string>> {
    return this.environment;
  }

  /** How the AWS command line was called, a line a call. */
  get awsCalls(): readonly string[] {
    return readFileSync(this.awsLog, 'utf8').trim().split('\n');
  }

  private get awsLog(): string {
    return path.join(this.folder, 'aws.log');
  }

  /** Folder that holds `stacks/<region>`, as a synth would write it, for commands that take it. */
  get cdktfOut(): string {
    return path.join(this.folder, 'cdktf.out');
  }

  /** A Region's root module with local state. */
  region(name: string, label = name): TerraformFolder {
    const at = label === name ? path.join(this.cdktfOut, 'stacks', name) : path.join(this.folder, label);
    const terraform = new TerraformFolder(this.binary, at, this.environment);
    terraform.copyFrom(path.join(this.world.folder, 'stacks', name));
    return terraform;
  }

  /** A root module in plain HCL that takes both Regions as modules, each with a provider of its own. */
  plainRoot(): TerraformFolder {
    const terraform = new TerraformFolder(this.binary, path.join(this.folder, 'plain'), this.environment);
    mkdirSync(terraform.folder);
    const regions = ['us-east-2', 'us-west-2'];
    const text = regions.map(region => {
      const alias = region.replaceAll('-', '_');
      const source = path.relative(terraform.folder, path.join(this.world.folder, 'modules', region));
      return `
provider "aws" {
  alias  = "${alias}"
  region = "${region}"
}
module "${alias}" {
  source    = "./${source}"
  providers = { aws = aws.${alias} }
  tags      = { team = "shop" }
}
output "${alias}" {
  value = module.${alias}.balancer_dns_name
}
`;
    });
    writeFileSync(path.join(terraform.folder, 'main.tf'), text.join(''));
    return terraform;
  }

  /** The module of a Region, as it was written. */
  module(region: string): TerraformFolder {
    return new TerraformFolder(
      this.binary,
      path.join(this.world.folder, 'modules', region),
      this.environment,
    );
  }

  stop(): void {
    this.provider.stop();
    this.world.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
