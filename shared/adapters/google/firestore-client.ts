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

/** Milliseconds that one question may take; then it counts as unanswered. No repeats: the caller decides. */
const ONE_TRY_MS = 2000;

/** What passes by itself. Source: google/rpc/code.proto, and Firestore's documentation of its error codes. */
const PASSING: ReadonlySet<string> = new Set([
  'ABORTED',
  'CANCELLED',
  'DEADLINE_EXCEEDED',
  'INTERNAL',
  'RESOURCE_EXHAUSTED',
  'UNAVAILABLE',
  'UNKNOWN',
]);

export type FirestoreClient = InstanceType<typeof v1.FirestoreClient>;

/** The low-level client: the hand-written one drops the results of transforms. */
export function firestoreClient(options: FirestoreOptions): FirestoreClient {
  return new v1.FirestoreClient({ projectId: options.projectId, ...restOptions(options) }, REST);
}

export function databaseOf({ projectId, databaseId }: FirestoreOptions): string {
  return `projects/${projectId}/databases/${databaseId}`;
}

/** The folder of a connection's documents. */
export function connectionOf(options: FirestoreOptions, connection: string): string {
  return `${databaseOf(options)}/documents/connections/${connection}`;
}

type Commit = Parameters<FirestoreClient['commit']>[0];

export interface Committed {
  readonly writeResults?: readonly WriteResult[] | null;
  readonly commitTime?: Time | null;
}
export interface WriteResult {
  readonly updateTime?: Time | null;
  readonly transformResults?: readonly { readonly integerValue?: unknown }[] | null;
}

/** One commit, one try. Throws what Firestore says, or what the way to it did. */
export async function commitOnce(client: FirestoreClient, request: Commit): Promise<Committed> {
  const [committed] = (await withTimeout(ONE_TRY_MS, client.commit(request, NO_RETRY))) as [Committed, ...unknown[]];
  return committed;
}

/** A commit that may as well be written twice: tried once more where no answer came. */
export async function commitAgain(client: FirestoreClient, request: Commit): Promise<Committed> {
  try {
    return await commitOnce(client, request);
  } catch (cause) {
    if (!isTransient(cause)) return toStoreError(cause);
    return commitOnce(client, request).catch(toStoreError);
  }
}

type Stream = NodeJS.ReadableStream & { destroy?: () => void };

/** Every message of a read, to its end. A connection that lay idle too long is replaced once. */
export async function readAll<T>(ask: () => Stream): Promise<T[]> {
  try {
    return await collected<T>(ask());
  } catch (cause) {
    if (!isConnectionReset(cause)) return toStoreError(cause);
    return collected<T>(ask()).catch(toStoreError);
  }
}

/** The first message of a read that carries one. */
export async function readFirst<T>(ask: () => Stream): Promise<T> {
  const [first] = await readAll<T>(ask);
  if (first === undefined) throw new StoreUnavailableError('Firestore answered nothing');
  return first;
}

function collected<T>(stream: Stream): Promise<T[]> {
  const messages: T[] = [];
  const whole = new Promise<T[]>((resolve, reject) => {
    stream
      .on('data', (message: unknown) => void messages.push(message as T))
      .on('error', reject)
      .on('end', () => resolve(messages));
  });
  return withTimeout(ONE_TRY_MS, Object.assign(whole, { cancel: () => stream.destroy?.() }));
}

/** Whether the same call can be answered a moment later. */
export function isTransient(cause: unknown): boolean {
  return PASSING.has(grpcStatusOf(cause));
}

export function toStoreError(cause: unknown): never {
  const status = grpcStatusOf(cause);
  if (status === 'FAULT') throw new StoreFault('the request to Firestore cannot be made', { cause });
  if (status === 'UNAUTHENTICATED') throw new StoreFault(`${NO_CREDENTIALS} (${String(cause)})`);
  throw isTransient(cause) ? new StoreUnavailableError('Firestore gave no answer', { cause }) : cause;
}
