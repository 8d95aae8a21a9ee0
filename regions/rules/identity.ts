import type { Problem } from '../../lib/errors';
import type { Draft } from '../draft';
import { homeLabel } from '../lookup';

/** The main name of an ACM certificate holds 64 characters (ACM reference, RequestCertificate). */
const LONGEST_CERTIFICATE_NAME = 64;

/** Names are such that everything below can carry them. */
export function identityProblems(draft: Draft): readonly Problem[] {
  return [...nameProblems(draft), ...hostProblems(draft)];
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
  const labels = ['', ...(draft.homes ?? []).map(home => homeLabel(home.name))];
  const lengths = (draft.regions ?? []).flatMap(region =>
    labels.map(label => `gate-${region.name ?? ''}.${label}${recordName}.${zoneName}`.length),
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
