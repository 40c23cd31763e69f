import { ConnectorError } from '../../errors.ts';
import type { Connector } from '../../operations/connector.ts';
import type { DeadLetter } from '../../ports/dead-letter-store.ts';
import { redactValue } from '../../redact.ts';
import type { AdminMethod } from './method.ts';
import { replayDeadLetter } from './replay-dead-letter.ts';

const MAX_DEAD_LETTERS = 1000;

/**
 * A dead letter in a list, with times in RFC 3339. The Pub/Sub message is left out; `message` is the text of the error.
 */
export interface ListedDeadLetter {
  readonly id: string;
  readonly at: string;
  readonly reason: string;
  readonly operationId: string;
  readonly state: 'replayable' | 'replayed' | 'message not stored';
  /** When the dead letter was last replayed. Null if it never was. */
  readonly replayed: string | null;
  readonly message: string;
}

/** Returns a stored dead letter. Throws DEAD_LETTER_NOT_FOUND if there is none with the id. */
export async function requireDeadLetter({ deadLetters }: Connector, id: string): Promise<DeadLetter> {
  const deadLetter = /^[0-9a-f]{32}$/.test(id) ? await deadLetters.get(id) : undefined;
  if (deadLetter !== undefined) return deadLetter;
  throw new ConnectorError('NOT_FOUND', `no dead letter ${id} found; list them to see all`, {
    reason: 'DEAD_LETTER_NOT_FOUND',
  });
}

function listedDeadLetter(deadLetter: DeadLetter): ListedDeadLetter {
  const { id, atMs, reason, operationId, message, replayedMs, original } = deadLetter;
  const stateBeforeReplay = original === null ? 'message not stored' : 'replayable';
  return {
    id,
    at: new Date(atMs).toISOString(),
    reason,
    operationId,
    state: replayedMs > 0 ? 'replayed' : stateBeforeReplay,
    replayed: replayedMs > 0 ? new Date(replayedMs).toISOString() : null,
    message,
  };
}

export const DEAD_LETTER_METHODS: Readonly<Record<string, AdminMethod>> = {
  'deadLetters.list': {
    input: { limit: 'count' },
    changes: false,
    run: async ({ deadLetters }, input) => {
      const max = Math.min(input.count('limit') ?? MAX_DEAD_LETTERS, MAX_DEAD_LETTERS);
      return { deadLetters: (await deadLetters.list(max)).map(listedDeadLetter) };
    },
  },
  'deadLetters.show': {
    input: { id: 'text!' },
    changes: false,
    run: async (connection, input) => redactValue(await requireDeadLetter(connection, input.required('id'))) as object,
  },
  'deadLetters.replay': {
    input: { id: 'text!' },
    changes: true,
    run: async (connection, input, functions) => {
      const deadLetter = await requireDeadLetter(connection, input.required('id'));
      return { id: deadLetter.id, outcome: await replayDeadLetter(connection, deadLetter, functions) };
    },
  },
};
