import type { DeadLetterItem } from '../../api/operator.ts';

/** A message that failed: its newest dead letter, and the dead letters of all tries. */
export interface LetterGroup extends DeadLetterItem {
  /** The dead letters, the newest first. */
  readonly tries: readonly DeadLetterItem[];
}

/**
 * Joins the dead letters of each operation. A failed replay adds another dead letter with the same operationId. The
 * last replay of any of these letters is the last replay of the message.
 */
export function groupLetters(letters: readonly DeadLetterItem[]): readonly LetterGroup[] {
  const byOperation = new Map<string, DeadLetterItem[]>();
  for (const letter of letters)
    byOperation.set(letter.operationId, [...(byOperation.get(letter.operationId) ?? []), letter]);
  return [...byOperation.values()]
    .map((group) => group.sort((a, b) => b.at.localeCompare(a.at)))
    .flatMap((tries) => {
      const [last] = tries;
      const replays = tries.flatMap(({ replayed }) => (replayed === null ? [] : [replayed])).sort();
      return last === undefined ? [] : [{ ...last, replayed: replays.at(-1) ?? null, tries }];
    })
    .sort((a, b) => b.at.localeCompare(a.at));
}
