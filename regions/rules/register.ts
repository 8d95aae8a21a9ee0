import type { Problem } from '../../lib/errors';
import { commonRegisterSet, regionFacts, registerSetMembers } from '../catalog';
import type { Draft } from '../draft';
import { unknownRegion } from './places';

/** Copies of the strong table: three Regions, or two and a witness. */
const COPIES = 3;
const EVENTUAL =
  "or use register: { kind: 'eventual' }, which cannot fence a partition and allows manual moves only";

/**
 * The Regions can hold the register: three copies within one set of Regions, the witness none of them. Silent while
 * the Regions themselves are in question: what follows from another problem is no problem of its own.
 */
export function registerProblems(draft: Draft): readonly Problem[] {
  const { kind, witness } = draft.register;
  const known = soundRegions(draft);
  if (kind !== 'strong' || known.length < 2) return [];
  const witnessFault = witness === undefined ? undefined : witnessProblem(witness, known);
  if (witnessFault !== undefined) return [witnessFault];
  if (commonRegisterSet(known) === undefined) return [noCommonSet(known)];
  return countProblems(known, witness);
}

/** Names of the Regions when all are known, different and of one partition; else none. */
function soundRegions(draft: Draft): readonly string[] {
  const names = (draft.regions ?? []).flatMap(region => region.name ?? []);
  const partitions = new Set(names.map(name => regionFacts(name)?.partition));
  const sound =
    names.length === draft.regions?.length &&
    new Set(names).size === names.length &&
    partitions.size === 1 &&
    !partitions.has(undefined);
  return sound ? names : [];
}

function witnessProblem(witness: string, names: readonly string[]): Problem | undefined {
  const path = 'register.witness';
  if (regionFacts(witness) === undefined) return unknownRegion(path, witness);
  if (names.includes(witness)) {
    return {
      path,
      received: witness,
      message: 'is a Region of the topology, and a witness must be apart from them',
      fix: candidates(names),
    };
  }
  if (commonRegisterSet(names) === undefined || commonRegisterSet([...names, witness]) !== undefined) {
    return undefined;
  }
  return {
    path,
    received: witness,
    message: `cannot hold one strongly consistent table with ${names.join(' and ')}`,
    fix: candidates(names),
  };
}

function noCommonSet(names: readonly string[]): Problem {
  const sets = (['US', 'EU', 'AP'] as const).map(set => `${set} (${registerSetMembers(set).join(', ')})`);
  return {
    path: 'register.kind',
    received: 'strong',
    message: `${names.join(' and ')} cannot hold one strongly consistent table`,
    fix: `choose Regions of one set: ${sets.join(', ')}; ${EVENTUAL}`,
  };
}

function countProblems(names: readonly string[], witness: string | undefined): readonly Problem[] {
  const copies = names.length + (witness === undefined ? 0 : 1);
  if (copies === COPIES) return [];
  if (copies < COPIES) {
    return [
      {
        path: 'register.witness',
        message: 'is missing: two Regions alone have no majority when one is lost',
        fix: candidates(names),
      },
    ];
  }
  if (names.length === COPIES) {
    return [
      {
        path: 'register.witness',
        received: witness,
        message: 'is one copy too many: three Regions hold the table by themselves',
        fix: 'remove the witness',
      },
    ];
  }
  return [
    {
      path: 'register.kind',
      received: 'strong',
      message: `a strongly consistent table stands in three Regions, and the topology has ${names.length}`,
      fix: `keep three Regions, or two and a witness; ${EVENTUAL}`,
    },
  ];
}

function candidates(names: readonly string[]): string {
  const set = commonRegisterSet(names);
  const free = set === undefined ? [] : registerSetMembers(set).filter(member => !names.includes(member));
  return free.length === 0 ? EVENTUAL.replace('or use', 'use') : `use ${free.join(' or ')}`;
}
