import type { EnvironmentReader } from './environment-reader';

/** Where another service is found, and who we are to it. */
export interface ServiceAddress {
  /** Name in its certificate. */
  readonly name: string;
  readonly at:
    | { readonly kind: 'fixed'; readonly host: string; readonly port: number }
    | { readonly kind: 'cloud-map'; readonly namespace: string; readonly service: string };
  /** Folder of this process's own certificate, key and authority. */
  readonly identityFolder: string;
}

/** Variable that names the folder of this process's identity. */
export const IDENTITY_FOLDER = 'HOLDFAST_IDENTITY_FOLDER';

/**
 * Reads `<prefix>_URL` (`https://host:port` or `cloudmap://namespace/service`), `<prefix>_NAME` and the folder of our
 * identity. Undefined when there is no URL.
 */
export function serviceAddressPart(
  reader: EnvironmentReader,
  prefix: string,
  defaultName: string,
): ServiceAddress | undefined {
  const url = `${prefix}_URL`;
  if (reader.optional(url) === undefined) return undefined;
  const [, host, port, namespace, service] = [
    '',
    ...reader.groups(
      url,
      /^(?:https:\/\/([\w.-]+)(?::(\d{1,5}))?\/?|cloudmap:\/\/([\w.-]+)\/([\w.-]+))$/,
      'https://host:port, or cloudmap://namespace/service; never http://, since callers show who they are',
    ),
  ];
  return {
    name: reader.text(`${prefix}_NAME`, defaultName),
    identityFolder: reader.text(IDENTITY_FOLDER),
    at:
      namespace !== undefined && service !== undefined
        ? { kind: 'cloud-map', namespace, service }
        : { kind: 'fixed', host: host ?? '', port: Number(port ?? 443) },
  };
}
