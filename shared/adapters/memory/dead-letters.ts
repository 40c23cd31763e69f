import type { DeadLetter, DeadLetterStore } from '../../ports/dead-letter-store.ts';

/** Letters that are kept at most: the oldest go first. */
const MOST = 1000;

/** The dead letters of one process: for a laptop. */
export function memoryDeadLetters(): DeadLetterStore {
  const letters = new Map<string, DeadLetter>();
  return {
    put(deadLetter) {
      letters.delete(deadLetter.id);
      letters.set(deadLetter.id, deadLetter);
      for (const oldest of letters.keys()) {
        if (letters.size <= MOST) break;
        letters.delete(oldest);
      }
      return Promise.resolve();
    },
    get: (id) => Promise.resolve(letters.get(id)),
    list: (max) => Promise.resolve([...letters.values()].sort((a, b) => b.atMs - a.atMs).slice(0, max)),
  };
}
