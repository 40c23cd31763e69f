import type { DeadLetterItem } from '../../api/operator.ts';

/** A message that failed: the fields of its newest dead letter, and the dead letters of all tries. */
export interface LetterGroup extends DeadLetterItem {
  /** Identifies the message. A replay that adds a try does not change the key. */
  readonly key: string;
  /** The dead letters, the newest first. */
  readonly attempts: readonly DeadLetterItem[];
}

/**
 * Joins the dead letters of each message. Dead letters with the same operationId and content are of one message,
 * because a failed replay adds a dead letter. A message with the same operationId and other content stays separate, so
 * that it can be replayed. The last replay of a message is the last replay of any of its dead letters.
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
