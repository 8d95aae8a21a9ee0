import { HoldfastError } from '../../errors';

/** What a launch template says about the process of a clone. */
export interface LaunchFacts {
  /** Environment of the process, as its user data writes it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly artifact: ArtifactReference;
  /** Parameter by which a release names another application. */
  readonly buildParameter?: string;
}

/** The packed application that a clone fetches. */
export interface ArtifactReference {
  readonly bucket: string;
  readonly key: string;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Program of the artifact: `service` or `worker`. */
  readonly entry: string;
}

const ARTIFACT =
  /^# holdfast-artifact s3:\/\/([^/\s]+)\/(\S+) sha256=([0-9a-f]{64}) entry=([a-z][a-z0-9-]*)$/m;
const BUILD = /^# holdfast-build (\/\S+)$/m;
const ENVIRONMENT = /<<'HOLDFAST_ENV'\n([\s\S]*?)^HOLDFAST_ENV$/m;

/**
 * Reads environment and artifact out of a clone's user data, by its marker lines.
 * @throws HoldfastError `invalid-input` when either is missing
 */
export function readUserData(base64: string): LaunchFacts {
  const script = Buffer.from(base64, 'base64').toString('utf8');
  const [, bucket, key, sha256, entry] = ARTIFACT.exec(script) ?? [];
  const lines = ENVIRONMENT.exec(script)?.[1];
  if (!bucket || !key || !sha256 || !entry || lines === undefined) {
    throw new HoldfastError(
      'invalid-input',
      'the user data of a clone lacks its artifact or its environment',
    );
  }
  return {
    artifact: { bucket, key, sha256, entry },
    environment: Object.fromEntries(parseLines(lines)),
    buildParameter: BUILD.exec(script)?.[1],
  };
}

function parseLines(text: string): [string, string][] {
  return text.split('\n').flatMap(line => {
    const equals = line.indexOf('=');
    return equals > 0 ? [[line.slice(0, equals), line.slice(equals + 1)] as [string, string]] : [];
  });
}
