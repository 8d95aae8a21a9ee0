import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What a run of Terraform said. */
export interface TerraformRun {
  readonly exitCode: number;
  readonly text: string;
}

/** A root module that is run with local state and the stand-in provider. */
export class TerraformFolder {
  /**
   * @param folder where it is copied to
   * @param environment how the provider is found
   */
  constructor(
    readonly binary: string,
    readonly folder: string,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  /** Copies a synthesized root module; an override keeps the state in the folder. */
  copyFrom(module: string): void {
    mkdirSync(this.folder, { recursive: true });
    cpSync(module, this.folder, { recursive: true });
    this.write('backend_override.tf.json', {
      terraform: { backend: { local: { path: 'terraform.tfstate' } } },
    });
  }

  /** Writes a file into the module. */
  write(name: string, content: object): void {
    writeFileSync(path.join(this.folder, name), JSON.stringify(content));
  }

  /** Runs Terraform, with whatever it says. The test's own process is the provider, so that it must not block. */
  run(...args: readonly string[]): Promise<TerraformRun> {
    const child = spawn(this.binary, [`-chdir=${this.folder}`, ...args], {
      env: {
        ...this.environment,
        PATH: this.environment.PATH ?? process.env.PATH,
        HOME: this.folder,
        CHECKPOINT_DISABLE: '1',
        TF_IN_AUTOMATION: '1',
        TF_CLI_ARGS: '-no-color',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (text += String(chunk)));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', code => resolve({ exitCode: code ?? -1, text: text }));
    });
  }
}

/** A Terraform or OpenTofu that is on this machine, or `undefined`. */
export function terraformBinary(): string | undefined {
  const named = process.env.HOLDFAST_TERRAFORM;
  const candidates = [...(named === undefined ? [] : [named]), 'terraform', 'tofu'];
  return candidates.find(candidate => spawnSync(candidate, ['version'], { stdio: 'ignore' }).status === 0);
}
