import type { DeadLetterItem } from '../../api/operator.ts';

/** A message that failed: its newest dead letter, and the dead letters of all tries. */
export interface LetterGroup extends DeadLetterItem {
  /** Stays the same while replays add tries. */
  readonly key: string;
  /** The dead letters, the newest first. */
  readonly attempts: readonly DeadLetterItem[];
}

/**
 * Joins the dead letters of one message: the same operationId and content. Another message with the same operationId is
 * a line of its own, so that it can be replayed. A failed replay adds another dead letter of the message. The last
 * replay of any of these letters is the last replay of the message.
 */
export function groupLetters(letters: readonly DeadLetterItem[]): readonly LetterGroup[] {
  const byMessage = new Map<string, DeadLetterItem[]>();
  for (const letter of letters) {
    const key = `${letter.operationId} ${letter.fingerprint}`;
    byMessage.set(key, [...(byMessage.get(key) ?? []), letter]);
  }
  return [...byMessage]
    .map(([key, group]) => [key, group.sort((a, b) => b.at.localeCompare(a.at))] as const)
    .flatMap(([key, attempts]) => {
      const [last] = attempts;
      const replays = attempts.flatMap(({ replayed }) => (replayed === null ? [] : [replayed])).sort();
      return last === undefined ? [] : [{ ...last, key, replayed: replays.at(-1) ?? null, attempts }];
    })
    .sort((a, b) => b.at.localeCompare(a.at));
}
