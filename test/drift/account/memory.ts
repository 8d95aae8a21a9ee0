import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DeployedParameter, DriftAccount, StackResource } from '../../../lib/drift';
import type { JsonObject } from '../../../lib/drift/compare/values';
import type { Json } from '../../../lib/drift/model';
import { HoldfastError } from '../../../lib/errors';
import type { Clock } from '../../../lib/ports';

export const ACCOUNT = '111122223333';

/** A stack of the account. */
export interface MemoryStack {
  readonly template?: JsonObject;
  readonly status?: string;
  readonly parameters?: Readonly<Record<string, DeployedParameter>>;
  readonly resources?: readonly StackResource[];
  /** Thrown by whatever is asked of it. */
  readonly fails?: HoldfastError;
}

export const denied = (what: string): HoldfastError =>
  new HoldfastError('refused', `${what}: AccessDenied: User is not authorized`);

/** An account in memory that writes down what it is asked. */
export class MemoryAccount implements DriftAccount {
  readonly asked: string[] = [];
  exportValues = new Map<string, string>();
  parameterValues = new Map<string, string>();
  parametersFail: HoldfastError | undefined;
  /** Documents of change sets by stack, one a look; the last one stays. */
  documents: Record<string, Json[]> = {};
  /** How often a deletion fails before it succeeds. */
  stubborn = 0;
  /** What creating a change set does instead. */
  onCreate: (() => void) | undefined;
  /** Change sets that exist. */
  readonly made = new Set<string>();
  states: { status: 'running' | 'complete' | 'failed'; reason?: string }[] = [{ status: 'complete' }];
  results: Record<string, Json> = {};

  /** @param known stacks by `region/name`, or by ARN for those within others */
  constructor(private readonly known: Readonly<Record<string, MemoryStack>>) {}

  private look(call: string, region: string, stack: string): MemoryStack | undefined {
    this.asked.push(`${call} ${region} ${stack}`);
    const name = stack.startsWith('arn:') ? (stack.split('/')[1] ?? '') : stack;
    const found = this.known[`${region}/${name}`];
    if (found?.fails !== undefined) throw found.fails;
    return found;
  }

  readonly stacks: DriftAccount['stacks'] = {
    account: async () => ACCOUNT,
    describe: async (region, stack) => {
      const found = this.look('describe', region, stack);
      if (found === undefined) return undefined;
      const name = stack.startsWith('arn:') ? stack.split('/')[1] : stack;
      return {
        arn: `arn:aws:cloudformation:${region}:${ACCOUNT}:stack/${name}/1`,
        status: found.status ?? 'UPDATE_COMPLETE',
        parameters: new Map(Object.entries(found.parameters ?? {})),
      };
    },
    template: async (region, stack) => JSON.stringify(this.look('template', region, stack)?.template),
    resources: async (region, stack) => this.look('resources', region, stack)?.resources ?? [],
    exports: async () => this.exportValues,
    parameters: async (_region, names) => {
      if (this.parametersFail !== undefined) throw this.parametersFail;
      return new Map([...this.parameterValues].filter(([name]) => names.includes(name)));
    },
  };

  readonly changeSets: DriftAccount['changeSets'] = {
    create: async (region, stack, { name, keep, template }) => {
      this.asked.push(`create ${region} ${stack} ${Object.keys(template)[0]} ${keep.join()}`);
      this.made.add(name);
      this.onCreate?.();
    },
    describe: async (_region, _stack, name) => {
      const key = name.startsWith('holdfast-drift-') ? 'made' : name;
      const documents = this.documents[key] ?? [];
      const next = documents.length > 1 ? documents.shift() : documents[0];
      if (next === undefined) throw new HoldfastError('not-found', `no change set ${name}`);
      return next;
    },
    delete: async (region, stack, name) => {
      this.asked.push(`delete ${region} ${stack}`);
      if (this.stubborn > 0) {
        this.stubborn -= 1;
        throw new HoldfastError('unavailable', 'deleting: ThrottlingException');
      }
      this.made.delete(name);
    },
  };

  readonly detection: DriftAccount['detection'] = {
    start: async (region, stack) => {
      this.look('detect', region, stack);
      return `id of ${stack}`;
    },
    state: async () =>
      (this.states.length > 1 ? this.states.shift() : this.states[0]) ?? { status: 'running' },
    results: async (region, stack) => {
      this.look('results', region, stack);
      return this.results[stack] ?? { StackResourceDrifts: [] };
    },
  };
}

/** A clock on which sleeping takes no time but counts. */
export class InstantClock implements Clock {
  private elapsed = 0;
  now = (): Date => new Date(this.elapsed);
  monotonic = (): number => this.elapsed;
  sleep = async (milliseconds: number, signal?: AbortSignal): Promise<void> => {
    if (signal?.aborted) throw new HoldfastError('aborted', 'the wait was aborted');
    this.elapsed += milliseconds;
  };
}

/** What an assembly holds. */
export interface MadeStack {
  readonly region: string;
  readonly stack: string;
  readonly template: JsonObject;
  readonly account?: string;
  readonly uploaded?: string;
}

const folders: string[] = [];
/** Writes an assembly; further files stand beside the templates. */
export function assemblyOf(stacks: readonly MadeStack[], files: Readonly<Record<string, Json>> = {}): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-assembly-'));
  folders.push(folder);
  mkdirSync(folder, { recursive: true });
  const artifacts = Object.fromEntries(
    stacks.map(({ region, stack, account = ACCOUNT, uploaded }, at) => [
      `artifact${at}`,
      {
        type: 'aws:cloudformation:stack',
        environment: `aws://${account}/${region}`,
        properties: { templateFile: `${at}.json`, stackName: stack, stackTemplateAssetObjectUrl: uploaded },
      },
    ]),
  );
  const written = { ...files, 'manifest.json': { artifacts } };
  for (const [at, { template }] of stacks.entries()) {
    writeFileSync(path.join(folder, `${at}.json`), JSON.stringify(template));
  }
  for (const [name, value] of Object.entries(written)) {
    writeFileSync(path.join(folder, name), JSON.stringify(value));
  }
  return folder;
}

/** Deletes what {@link assemblyOf} has written. */
export function deleteAssemblies(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
