import type { Problem } from '../../lib/errors';
import type { Draft, DraftHome } from '../draft';

/** A certificate holds ten names by default (ACM quotas), and each home brings two. */
const MOST_HOMES = 5;

/** Homes stand with active-active and nowhere else; each is named once and born in a Region of the topology. */
export function homeProblems(draft: Draft): readonly Problem[] {
  const { mode, homes } = draft;
  if (mode !== 'active-active') return mode === undefined ? [] : strayProblems(homes);
  return [
    ...countProblems(homes),
    ...(homes ?? []).flatMap((home, index) => [
      ...nameProblems(homes ?? [], home, index),
      ...placeProblems(draft, home, index),
      ...jurisdictionProblems(draft, home, index),
    ]),
    ...shareProblems(draft),
  ];
}

function strayProblems(homes: Draft['homes']): readonly Problem[] {
  if (homes === undefined) return [];
  const message = 'stand in an application of which one Region writes everything';
  return [{ path: 'homes', received: homes, message, fix: "remove them, or use mode: 'active-active'" }];
}

function countProblems(homes: Draft['homes']): readonly Problem[] {
  const count = homes?.length ?? 0;
  if (count >= 2 && count <= MOST_HOMES) return [];
  const problem = { path: 'homes', received: homes };
  if (count > MOST_HOMES) {
    const message = `are ${count}, and a certificate holds the names of ${MOST_HOMES}`;
    return [{ ...problem, message, fix: `use ${MOST_HOMES} at most` }];
  }
  const message = 'names no two parts that could be written in different Regions';
  return [{ ...problem, message, fix: "name two at least, or use mode: 'active-passive'" }];
}

function nameProblems(all: readonly DraftHome[], { name }: DraftHome, index: number): readonly Problem[] {
  const earlier = all.findIndex(other => other.name === name);
  if (name === undefined || earlier === index) return [];
  const message = `is homes[${earlier}] already`;
  return [{ path: `homes[${index}].name`, received: name, message, fix: 'name each once' }];
}

function placeProblems({ regions }: Draft, { seed }: DraftHome, index: number): readonly Problem[] {
  const names = (regions ?? []).flatMap(({ name }) => (name === undefined ? [] : [name]));
  if (seed === undefined || names.length === 0 || names.includes(seed)) return [];
  const message = 'is no Region of this topology';
  return [{ path: `homes[${index}].seed`, received: seed, message, fix: `use one of ${names.join(', ')}` }];
}

function jurisdictionProblems(
  { jurisdictions }: Draft,
  { jurisdiction }: DraftHome,
  index: number,
): readonly Problem[] {
  const names = jurisdictions.flatMap(({ name }) => (name === undefined ? [] : [name]));
  if (jurisdiction === undefined || names.includes(jurisdiction)) return [];
  return [
    {
      path: `homes[${index}].jurisdiction`,
      received: jurisdiction,
      message: 'is not named by jurisdictions',
      fix:
        names.length === 0
          ? 'name it there with its Regions'
          : `use one of ${names.join(', ')}, or name it there`,
    },
  ];
}

/** A Region that lives must carry every home by itself, and none is the standby of all. */
function shareProblems({ regions }: Draft): readonly Problem[] {
  return (regions ?? []).flatMap(({ capacityShare: share }, index) =>
    share === undefined || share === 1
      ? []
      : [
          {
            path: `regions[${index}].capacityShare`,
            received: share,
            message: 'is below 1, and each Region of an active-active application carries homes already',
            fix: 'remove it',
          },
        ],
  );
}
