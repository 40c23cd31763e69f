import type { DeadLetterItem } from '../../api/operator.ts';

/** A message that failed: its last dead letter, and one for each try. */
export interface LetterGroup extends DeadLetterItem {
  /** Stays the same while replays add tries. */
  readonly key: string;
  /** The last first. */
  readonly tries: readonly DeadLetterItem[];
}

/**
 * Joins the dead letters of one message: the same operationId and content. Another message with the same operationId is
 * a line of its own, so that it can be replayed. A replay that fails has a new idempotency key and leaves a letter of its own.
 * The last replay of any of them is the last replay of the message.
 */
export function groupLetters(letters: readonly DeadLetterItem[]): readonly LetterGroup[] {
  const byMessage = new Map<string, DeadLetterItem[]>();
  for (const letter of letters) {
    const key = `${letter.operationId} ${letter.fingerprint}`;
    byMessage.set(key, [...(byMessage.get(key) ?? []), letter]);
  }
  return [...byMessage]
    .map(([key, group]) => [key, group.sort((a, b) => b.at.localeCompare(a.at))] as const)
    .flatMap(([key, tries]) => {
      const [last] = tries;
      const replays = tries.flatMap(({ replayed }) => (replayed === null ? [] : [replayed])).sort();
      return last === undefined ? [] : [{ ...last, key, replayed: replays.at(-1) ?? null, tries }];
    })
    .sort((a, b) => b.at.localeCompare(a.at));
}
