import { v1 } from '@google-cloud/firestore';
import type { Time } from './firestore-time.ts';
import { StoreFault, StoreUnavailableError } from '../../ports/store-errors.ts';
import {
  isConnectionReset,
  NO_CREDENTIALS,
  NO_RETRY,
  REST,
  restOptions,
  grpcStatusOf,
  withTimeout,
  type GoogleClientOptions,
} from './rest.ts';

export interface FirestoreOptions extends GoogleClientOptions {
  readonly projectId: string;
  readonly databaseId: string;
}

/** Timeout of a request while a caller waits. */
const COMMIT_TIMEOUT_MS = 2000;
/** Timeout of a read for a task that no caller waits for. */
const BACKGROUND_TIMEOUT_MS = 15_000;

/** Transient failures. Source: google/rpc/code.proto and Firestore's documentation of its error codes. */
const TRANSIENT_STATUSES: ReadonlySet<string> = new Set([
  'ABORTED',
  'CANCELLED',
  'DEADLINE_EXCEEDED',
  'INTERNAL',
  'RESOURCE_EXHAUSTED',
  'UNAVAILABLE',
  'UNKNOWN',
]);

export type FirestoreClient = InstanceType<typeof v1.FirestoreClient>;

/**
 * Creates Google's generated low-level client, because the high-level `Firestore` class drops the results of
 * transforms.
 */
export function firestoreClient(options: FirestoreOptions): FirestoreClient {
  return new v1.FirestoreClient({ projectId: options.projectId, ...restOptions(options) }, REST);
}

/** Returns the resource name of the database. */
export function databaseOf({ projectId, databaseId }: FirestoreOptions): string {
  return `projects/${projectId}/databases/${databaseId}`;
}

/** Returns the path of the document whose collections belong to a connection. */
export function connectionOf(options: FirestoreOptions, connection: string): string {
  return `${databaseOf(options)}/documents/connections/${connection}`;
}

type CommitCall = Parameters<FirestoreClient['commit']>[0];

export interface Committed {
  readonly writeResults?: readonly WriteResult[] | null;
  readonly commitTime?: Time | null;
}
export interface WriteResult {
  readonly updateTime?: Time | null;
  readonly transformResults?: readonly { readonly integerValue?: unknown }[] | null;
}

/** Sends a commit without retries. Throws the error of Firestore or of the transport unchanged. */
export async function commitOnce(client: FirestoreClient, request: CommitCall): Promise<Committed> {
  const [committed] = (await withTimeout(COMMIT_TIMEOUT_MS, client.commit(request, NO_RETRY))) as [
    Committed,
    ...unknown[],
  ];
  return committed;
}

/** Sends an idempotent commit and retries it once after a transient failure. Throws the errors of `throwStoreError`. */
export async function commitWithRetry(client: FirestoreClient, request: CommitCall): Promise<Committed> {
  try {
    return await commitOnce(client, request);
  } catch (cause) {
    if (!isTransient(cause)) return throwStoreError(cause);
    return commitOnce(client, request).catch(throwStoreError);
  }
}

type Stream = NodeJS.ReadableStream & { destroy?: () => void };

/**
 * Reads a stream of messages to its end. Retries once if the connection was reset. Throws the errors of
 * `throwStoreError`.
 */
export async function readAll<T>(read: () => Stream): Promise<T[]> {
  try {
    return await collectMessages<T>(read());
  } catch (cause) {
    if (!isConnectionReset(cause)) return throwStoreError(cause);
    return collectMessages<T>(read()).catch(throwStoreError);
  }
}

/**
 * Reads a stream to its end for a task that no caller waits for. It has a longer timeout than `readAll`, and a second
 * attempt after any transient failure.
 */
export async function readInBackground<T>(read: () => Stream): Promise<T[]> {
  try {
    return await collectMessages<T>(read(), BACKGROUND_TIMEOUT_MS);
  } catch (cause) {
    if (!isTransient(cause)) return throwStoreError(cause);
    return collectMessages<T>(read(), BACKGROUND_TIMEOUT_MS).catch(throwStoreError);
  }
}

/** Returns the first message of a read. Throws if the response is empty. */
export async function readFirst<T>(read: () => Stream): Promise<T> {
  const [first] = await readAll<T>(read);
  if (first === undefined) throw new StoreUnavailableError('Firestore sent an empty response; retry the call');
  return first;
}

/**
 * Collects the messages of a stream until it ends. Rejects and destroys the stream if that takes longer than
 * `timeoutMs`.
 */
function collectMessages<T>(stream: Stream, timeoutMs = COMMIT_TIMEOUT_MS): Promise<T[]> {
  const messages: T[] = [];
  const ended = new Promise<T[]>((resolve, reject) => {
    stream
      .on('data', (message: unknown) => void messages.push(message as T))
      .on('error', reject)
      .on('end', () => resolve(messages));
  });
  return withTimeout(timeoutMs, Object.assign(ended, { cancel: () => stream.destroy?.() }));
}

/** Returns whether the same call may succeed a moment later. */
export function isTransient(cause: unknown): boolean {
  return TRANSIENT_STATUSES.has(grpcStatusOf(cause));
}

/**
 * Throws the store error for a failure: `StoreFault` for a fault of this program or its credentials,
 * `StoreUnavailableError` for a transient failure, else the failure itself.
 */
export function throwStoreError(cause: unknown): never {
  const status = grpcStatusOf(cause);
  if (status === 'FAULT') throw new StoreFault('the request to Firestore is invalid and was not sent', { cause });
  if (status === 'UNAUTHENTICATED') throw new StoreFault(`${NO_CREDENTIALS} (${String(cause)})`);
  throw isTransient(cause) ? new StoreUnavailableError('Firestore did not answer; retry the call', { cause }) : cause;
}
