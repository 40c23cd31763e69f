import type { DeadLetter, DeadLetterStore } from '../../ports/dead-letter-store.ts';

/** Maximum number of dead letters in memory. Those that were written first are dropped first. */
const MAX_LETTERS = 1000;

/**
 * Keeps the dead letters of one process in memory, for local development. They do not expire, but only the last
 * `MAX_LETTERS` are kept.
 */
export function memoryDeadLetters(): DeadLetterStore {
  const letters = new Map<string, DeadLetter>();
  return {
    put(deadLetter) {
      letters.delete(deadLetter.id);
      letters.set(deadLetter.id, deadLetter);
      for (const oldest of letters.keys()) {
        if (letters.size <= MAX_LETTERS) break;
        letters.delete(oldest);
      }
      return Promise.resolve();
    },
    get: (id) => Promise.resolve(letters.get(id)),
    list: (max) => Promise.resolve([...letters.values()].sort((a, b) => b.atMs - a.atMs).slice(0, max)),
  };
}
