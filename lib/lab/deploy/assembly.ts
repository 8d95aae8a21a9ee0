import { readFileSync } from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../../errors';

/** A stack of a synthesized assembly. */
export interface StackReference {
  /** How the CDK CLI selects it, such as `us-east-2/network`. */
  readonly id: string;
  readonly stackName: string;
  readonly region: string;
  readonly account: string;
  /** Absolute path of its template. */
  readonly template: string;
}

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly displayName?: string;
  readonly properties?: {
    readonly directoryName?: string;
    readonly stackName?: string;
    readonly templateFile?: string;
  };
}

/**
 * Lists the stacks of an assembly and of the assemblies nested in it, in the order in which they were declared.
 *
 * @throws HoldfastError `not-found` when the folder holds no assembly
 */
export function readAssembly(folder: string): readonly StackReference[] {
  return Object.values(readManifest(folder)).flatMap(artifact => {
    if (artifact.type === 'cdk:cloud-assembly') {
      return readAssembly(path.join(folder, artifact.properties?.directoryName ?? ''));
    }
    return artifact.type === 'aws:cloudformation:stack' ? [reference(folder, artifact)] : [];
  });
}

function readManifest(folder: string): Readonly<Record<string, Artifact>> {
  const file = path.join(folder, 'manifest.json');
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { artifacts: Record<string, Artifact> }).artifacts;
  } catch (cause) {
    throw new HoldfastError('not-found', `no synthesized assembly in ${folder}: synthesize first`, [], {
      cause,
    });
  }
}

function reference(folder: string, artifact: Artifact): StackReference {
  const { stackName = '', templateFile = '' } = artifact.properties ?? {};
  const [account = '', region = ''] = (artifact.environment ?? '').replace('aws://', '').split('/');
  const id = artifact.displayName ?? stackName;
  return { id, stackName, region, account, template: path.join(folder, templateFile) };
}
