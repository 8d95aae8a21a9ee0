import type { ReleaseBuild, ReleaseColour } from './release-plan';

/** Names by which a release finds its parts; the same in every Region but for the bucket. */
export interface ReleaseNames {
  /** Beginning of the names of the application's alarms. */
  readonly alarmPrefix: string;
  readonly loadBalancer: string;
  readonly targetGroups: Readonly<Record<ReleaseColour, string>>;
  /** Auto Scaling groups. */
  readonly groups: Readonly<Record<ReleaseColour, string>>;
  /** Path of the live settings, without a slash at its end. */
  readonly settings: string;
  /** Table of the register. */
  readonly table: string;
}

/** Parameter that says what new clones of a group run. */
export const buildParameter = ({ settings, groups }: ReleaseNames, colour: ReleaseColour): string =>
  `${settings}/build/${groups[colour]}`;

/** Parameter that holds the floor of a group. */
export const floorParameter = ({ settings, groups }: ReleaseNames, colour: ReleaseColour): string =>
  `${settings}/floor/${groups[colour]}`;

/** What the parameter says where clones run what their template names. */
const OF_TEMPLATE = 'template';

/** The text of a build, as a booting clone reads it: key and hash, or that its template names it. */
export const textOfBuild = (build: ReleaseBuild | undefined): string =>
  build === undefined ? OF_TEMPLATE : `${build.objectKey} ${build.sha256}`;

/**
 * The build of a parameter's text; nothing for none and for the template's.
 * @throws RangeError for anything else: which clones run is then unknown
 */
export function buildOfText(text: string | undefined): ReleaseBuild | undefined {
  if (text === undefined || text === OF_TEMPLATE) return undefined;
  const [, objectKey, sha256] = /^([A-Za-z0-9._/-]+) ([0-9a-f]{64})$/.exec(text) ?? [];
  if (objectKey === undefined || sha256 === undefined) throw new RangeError(`"${text}" names no build`);
  return { objectKey, sha256 };
}
