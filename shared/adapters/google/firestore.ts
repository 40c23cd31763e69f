/** All Firestore stores over one client. Loaded on the first use of any of them. */
import { firestoreAllocations } from './limiter/firestore-allocations.ts';
import { firestoreClient, type FirestoreOptions } from './firestore-client.ts';
import { firestoreDeadLetters } from './firestore-dead-letters.ts';
import { firestoreEvents } from './firestore-events.ts';
import { firestoreAccountUsers } from './admin/firestore-account-users.ts';
import { firestoreOperationLog } from './admin/firestore-operation-log.ts';
import { firestoreOperations } from './firestore-operations.ts';
import { firestoreTokens } from './limiter/firestore-tokens.ts';
import type { StoredDocuments } from './stored-documents.ts';
import type { EventInbox } from '../../event-inbox/store.ts';
import type { AccountUsers } from '../../ports/account-users.ts';
import type { DeadLetterStore } from '../../ports/dead-letter-store.ts';
import type { StoreClock } from '../../ports/store-clock.ts';
import type { OperationLog, OperationStore } from '../../idempotency/store.ts';
import type { AllocationStore } from '../../rate-limiter/endpoints/ring.ts';
import type { TokenStore } from '../../rate-limiter/store.ts';

/** Creates all stores of a connection over one client. They report Firestore's time to `clock`. */
export function firestoreState(
  options: FirestoreOptions,
  connection: string,
  stored: StoredDocuments,
  clock: StoreClock,
): {
  readonly tokens: TokenStore;
  readonly allocations: AllocationStore;
  readonly operations: OperationStore;
  readonly operationLog: OperationLog;
  readonly deadLetters: DeadLetterStore;
  readonly inbox: EventInbox;
  readonly accountUsers: AccountUsers;
} {
  const client = firestoreClient(options);
  return {
    tokens: firestoreTokens(options, client),
    allocations: firestoreAllocations(options, stored, client),
    operations: firestoreOperations(options, connection, stored, clock, client),
    operationLog: firestoreOperationLog(options, connection, stored, client),
    deadLetters: firestoreDeadLetters(options, connection, stored, client),
    inbox: firestoreEvents(options, connection, stored, client),
    accountUsers: firestoreAccountUsers(options, client),
  };
}
