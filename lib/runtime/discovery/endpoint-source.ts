/** One instance of a service. */
export interface Endpoint {
  /** Unique among the instances of its service. */
  readonly id: string;
  /** Address or name. */
  readonly host: string;
  readonly port: number;
}

/** What a registry says of a service. */
export interface EndpointList {
  /** Changes whenever the list does. */
  readonly revision: string;
  readonly endpoints: readonly Endpoint[];
}

/** A registry of services. Each call ends within the adapter's own timeout. */
export interface EndpointSource {
  /** The revision alone: cheap, asked often. */
  revision(): Promise<string>;
  list(): Promise<EndpointList>;
}
