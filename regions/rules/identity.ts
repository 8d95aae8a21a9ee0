import type { Problem } from '../../lib/errors';
import type { Draft } from '../draft';

/** The main name of an ACM certificate holds 64 characters (ACM reference, RequestCertificate). */
const LONGEST_CERTIFICATE_NAME = 64;

/** Mode and names are such that everything below can carry them. */
export function identityProblems(draft: Draft): readonly Problem[] {
  return [...modeProblems(draft), ...nameProblems(draft), ...hostProblems(draft)];
}

function modeProblems(draft: Draft): readonly Problem[] {
  if (draft.mode !== 'active-active') return [];
  return [
    {
      path: 'mode',
      received: draft.mode,
      message: 'is a mode of the design that stacks, service and drills do not carry out yet',
      fix: "use 'active-passive'",
    },
  ];
}

function nameProblems(draft: Draft): readonly Problem[] {
  if (draft.application?.startsWith('internal-') !== true) return [];
  return [
    {
      path: 'application',
      received: draft.application,
      message: "begins with 'internal-', which AWS refuses in the name of a load balancer",
      fix: 'choose another name',
    },
  ];
}

function hostProblems(draft: Draft): readonly Problem[] {
  const { zoneName, recordName } = draft.hostNames;
  if (zoneName === undefined || recordName === undefined) return [];
  const lengths = (draft.regions ?? []).map(
    region => `gate-${region.name ?? ''}.${recordName}.${zoneName}`.length,
  );
  const longest = Math.max(0, ...lengths);
  if (longest <= LONGEST_CERTIFICATE_NAME) return [];
  return [
    {
      path: 'dns.recordName',
      received: recordName,
      message: `makes a gate's name of ${longest} characters, and a certificate's main name holds ${LONGEST_CERTIFICATE_NAME}`,
      fix: `shorten recordName and zoneName by ${longest - LONGEST_CERTIFICATE_NAME} characters together`,
    },
  ];
}
