import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { type BlockSchema, schemaOf, type TypeJson } from './bindings';
import { fromWire, type State, schemaToWire, toWire, UNKNOWN, type Value } from './wire';

/** One change that Terraform asked for. */
export interface StandInCall {
  readonly action: 'create' | 'update' | 'delete';
  readonly type: string;
  /** What tells resources of a type apart: the name given to it, or the made-up id. */
  readonly name: string;
}

/** Types that a configuration uses, by kind. */
export interface UsedTypes {
  readonly resources: readonly string[];
  readonly data: readonly string[];
}

/**
 * A stand-in for the AWS provider: it has the schema of the bindings, keeps what it is given, and makes up what only
 * AWS knows. Terraform itself does the rest, so that its checks are real; the provider's validators, defaults and forced
 * replacements are not. A structural check.
 */
export class StandInProvider {
  /** What exists, by type and id. To edit it is to change the world behind Terraform's back. */
  readonly cloud = new Map<string, State>();
  readonly calls: StandInCall[] = [];
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'holdfast-stand-in-'));
  private readonly server = new Server({
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
  });
  private made = 0;

  constructor(
    private readonly types: UsedTypes,
    private readonly account: string,
  ) {}

  /** Listens. @returns the environment by which Terraform finds it instead of installing a provider */
  async start(): Promise<Readonly<Record<string, string>>> {
    const definition = loadSync(path.join(__dirname, 'plugin.proto'), {
      keepCase: true,
      enums: String,
      defaults: true,
    });
    const { tfplugin6 } = loadPackageDefinition(definition) as unknown as {
      tfplugin6: { Provider: { service: never } };
    };
    this.server.addService(tfplugin6.Provider.service, this.handlers());
    const socket = path.join(this.folder, 'provider.sock');
    await new Promise<void>((resolve, reject) =>
      this.server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), error =>
        error === null ? resolve() : reject(error),
      ),
    );
    const address = { Network: 'unix', String: socket };
    const attach = { Protocol: 'grpc', ProtocolVersion: 6, Pid: process.pid, Test: true, Addr: address };
    const both = ['registry.terraform.io', 'registry.opentofu.org'].map(host => [
      `${host}/hashicorp/aws`,
      attach,
    ]);
    return { TF_REATTACH_PROVIDERS: JSON.stringify(Object.fromEntries(both)) };
  }

  /** Stops listening. */
  stop(): void {
    this.server.forceShutdown();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The one resource of a type whose attribute has a value. */
  find(type: string, attribute: string, value: Value): State {
    for (const [key, state] of this.cloud)
      if (key.startsWith(`${type}/`) && state[attribute] === value) return state;
    throw new Error(`there is no ${type} with ${attribute} = ${String(value)}`);
  }

  private handlers(): UntypedServiceImplementation {
    const answer =
      (work: (request: never) => object) =>
      (call: { request: never }, done: (error: unknown, response?: object) => void) => {
        try {
          done(null, work(call.request));
        } catch (error) {
          done(null, { diagnostics: [{ severity: 'ERROR', summary: String(error), detail: '' }] });
        }
      };
    const nothing = answer(() => ({ diagnostics: [] }));
    return {
      GetProviderSchema: answer(() => this.schemas()),
      ValidateProviderConfig: nothing,
      ValidateResourceConfig: nothing,
      ValidateDataResourceConfig: nothing,
      ValidateEphemeralResourceConfig: nothing,
      ConfigureProvider: nothing,
      UpgradeResourceState: answer(({ raw_state }: { raw_state: { json: Buffer } }) => ({
        upgraded_state: { json: raw_state.json },
      })),
      ReadResource: answer((request: Request) => {
        const state = fromWire(request.current_state) as State;
        return { new_state: toWire(this.cloud.get(keyOf(request.type_name, state)) ?? null) };
      }),
      PlanResourceChange: answer((request: Request) => ({ planned_state: toWire(plan(request)) })),
      ApplyResourceChange: answer((request: Request) => ({ new_state: toWire(this.apply(request)) })),
      ReadDataSource: answer((request: Request) => ({
        state: toWire(this.read(request.type_name, fromWire(request.config) as State)),
      })),
      OpenEphemeralResource: answer((request: Request) => ({ result: toWire(opened(request)) })),
      CloseEphemeralResource: nothing,
      StopProvider: answer(() => ({ error: '' })),
    } as unknown as UntypedServiceImplementation;
  }

  private schemas(): object {
    const of = (types: readonly string[], kind: 'resource' | 'data') =>
      Object.fromEntries(types.map(type => [type, schemaToWire(schemaOf(type, kind) as BlockSchema)]));
    return {
      provider: schemaToWire(PROVIDER),
      provider_meta: schemaToWire({ attributes: {}, blocks: {} }),
      resource_schemas: of(this.types.resources, 'resource'),
      data_source_schemas: of(this.types.data, 'data'),
      ephemeral_resource_schemas: Object.fromEntries(
        Object.entries(EPHEMERAL).map(([type, schema]) => [type, schemaToWire(schema)]),
      ),
      server_capabilities: { plan_destroy: false },
      diagnostics: [],
    };
  }

  private apply({ type_name: type, prior_state, planned_state }: Request): Value {
    const before = fromWire(prior_state) as State | null;
    const planned = fromWire(planned_state) as State | null;
    if (planned === null) {
      if (before !== null) this.cloud.delete(keyOf(type, before));
      this.calls.push({ action: 'delete', type, name: nameOf(before ?? {}) });
      return null;
    }
    const schema = schemaOf(type) as BlockSchema;
    if (before === null) this.made += 1;
    const state = Object.fromEntries(
      Object.entries(planned).map(([name, value]): [string, Value] => [
        name,
        value === UNKNOWN
          ? this.makeUp(type, name, schema.attributes[name]?.type ?? 'string', planned)
          : value,
      ]),
    );
    this.cloud.set(keyOf(type, state), state);
    this.calls.push({ action: before === null ? 'create' : 'update', type, name: nameOf(state) });
    return state;
  }

  /** What AWS would say. */
  private makeUp(type: string, name: string, kind: TypeJson, planned: State): Value {
    const id = `${type.replace('aws_', '')}-${this.made}`;
    if (name === 'domain_validation_options') return validationOptions(planned);
    if (name === 'arn')
      return `arn:aws:stand-in:${planned.region === UNKNOWN ? 'here' : ''}:${this.account}:${type}/app/${id}/0a/0b`;
    if (kind === 'string') return name === 'id' ? id : `${id}.${name.replaceAll('_', '-')}`;
    if (kind === 'number') return 1;
    if (kind === 'bool') return false;
    return Array.isArray(kind) && kind[0] !== 'map' && kind[0] !== 'object' ? [] : null;
  }

  private read(type: string, config: State): Value {
    const schema = schemaOf(type, 'data') as BlockSchema;
    const known: State = {
      account_id: this.account,
      partition: 'aws',
      dns_suffix: 'amazonaws.test',
      insecure_value: 'ami-0123',
    };
    return Object.fromEntries(
      Object.entries(config).map(([name, value]): [string, Value] => [
        name,
        value ?? known[name] ?? (name === 'id' && schema.attributes.id !== undefined ? type : null),
      ]),
    );
  }
}

interface Request {
  readonly type_name: string;
  readonly prior_state: { msgpack: Uint8Array };
  readonly proposed_new_state: { msgpack: Uint8Array };
  readonly planned_state: { msgpack: Uint8Array };
  readonly current_state: { msgpack: Uint8Array };
  readonly config: { msgpack: Uint8Array };
}

/** At birth, what the configuration leaves open and the provider may say is unknown. Write-only values are not kept. */
function plan({ type_name: type, prior_state, proposed_new_state }: Request): Value {
  const proposed = fromWire(proposed_new_state) as State | null;
  if (proposed === null) return null;
  const born = fromWire(prior_state) === null;
  const { attributes } = schemaOf(type) as BlockSchema;
  const planned = ([name, value]: [string, Value]): [string, Value] => {
    if (attributes[name]?.writeOnly === true) return [name, null];
    return [name, born && value === null && attributes[name]?.computed === true ? UNKNOWN : value];
  };
  return Object.fromEntries(Object.entries(proposed).map(planned));
}

function opened({ type_name: type, config }: Request): State {
  const given = fromWire(config) as State;
  if (type === 'aws_secretsmanager_random_password') return { ...given, random_password: 'made-up' };
  return { ...given, secret_string: SECRET };
}

const SECRET = JSON.stringify({ username: 'made-up', password: 'made-up' });

function validationOptions({ domain_name, subject_alternative_names: others }: State): Value {
  const names: Value[] = [domain_name ?? null, ...(Array.isArray(others) ? others : [])];
  return names.map(
    (name): State => ({
      domain_name: name,
      resource_record_name: `_check.${String(name)}`,
      resource_record_type: 'CNAME',
      resource_record_value: `_value.${String(name)}`,
    }),
  );
}

const keyOf = (type: string, { id, arn }: State): string => `${type}/${String(id ?? arn)}`;

function nameOf(state: State): string {
  const known = ['identifier', 'cluster_identifier', 'global_cluster_identifier', 'name', 'id'];
  return String(known.map(name => state[name]).find(value => typeof value === 'string') ?? '');
}

const attribute = (type: TypeJson, use: 'required' | 'optional' | 'computed') => ({
  ...{ type, required: use === 'required', optional: use === 'optional', computed: use === 'computed' },
  writeOnly: false,
});

const PROVIDER: BlockSchema = {
  attributes: {
    region: attribute('string', 'optional'),
    allowed_account_ids: attribute(['set', 'string'], 'optional'),
  },
  blocks: {},
};

/** The bindings know no ephemeral resources; these are the arguments that the provider's documentation names. */
const EPHEMERAL: Readonly<Record<string, BlockSchema>> = {
  aws_secretsmanager_random_password: {
    attributes: {
      exclude_punctuation: attribute('bool', 'optional'),
      password_length: attribute('number', 'optional'),
      random_password: attribute('string', 'computed'),
    },
    blocks: {},
  },
  aws_secretsmanager_secret_version: {
    attributes: {
      secret_id: attribute('string', 'required'),
      secret_string: attribute('string', 'computed'),
    },
    blocks: {},
  },
};
