import type { DeadLetterItem } from '../../api/operator.ts';

/** A message that failed: its last dead letter, and one for each try. */
export interface LetterGroup extends DeadLetterItem {
  /** The last first. */
  readonly tries: readonly DeadLetterItem[];
}

/**
 * Joins the dead letters of one operation. A replay that fails has a new idempotency key and leaves a letter of its own.
 * The last replay of any of them is the last replay of the message.
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
