import { v1 } from '@google-cloud/firestore';
import { Status } from 'google-gax';
import { StoreUnanswered } from '../ports/token-store.ts';
import { grpcOptions } from './grpc-options.ts';

export interface FirestoreOptions {
  readonly projectId: string;
  readonly databaseId: string;
  /** `host:port` of an emulator: clear text and no credentials there. */
  readonly emulatorHost?: string;
}

/** Milliseconds that one question may take; then it counts as unanswered. No repeats: the caller decides. */
export const ONE_TRY = { timeout: 2000, retry: { retryCodes: [] } };

/** What passes by itself. Source: google/rpc/code.proto, and Firestore's documentation of its error codes. */
const PASSING: readonly unknown[] = [
  Status.ABORTED,
  Status.CANCELLED,
  Status.DEADLINE_EXCEEDED,
  Status.INTERNAL,
  Status.RESOURCE_EXHAUSTED,
  Status.UNAVAILABLE,
  Status.UNKNOWN,
];

export interface Time {
  readonly seconds?: unknown;
  readonly nanos?: number | null | undefined;
}

export type FirestoreClient = InstanceType<typeof v1.FirestoreClient>;

/** The low-level client: the hand-written one drops the results of transforms. */
export function firestoreClient(options: FirestoreOptions): FirestoreClient {
  return new v1.FirestoreClient({ projectId: options.projectId, ...grpcOptions(options.emulatorHost) });
}

export function databaseOf({ projectId, databaseId }: FirestoreOptions): string {
  return `projects/${projectId}/databases/${databaseId}`;
}

/** The folder of a connection's documents. */
export function connectionOf(options: FirestoreOptions, connection: string): string {
  return `${databaseOf(options)}/documents/connections/${connection}`;
}

/** The first message of a stream that carries one. */
export function firstOf<T>(stream: NodeJS.ReadableStream): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    stream
      .on('data', resolve as (message: unknown) => void)
      .on('error', reject)
      .on('end', () => reject(new StoreUnanswered('Firestore answered nothing')));
  }).catch(unanswered);
}

export function unanswered(cause: unknown): never {
  throw PASSING.includes((cause as { code?: unknown }).code)
    ? new StoreUnanswered('Firestore gave no answer', { cause })
    : cause;
}

export function microseconds(time: Time | null | undefined): number {
  if (time === undefined || time === null) throw new Error('Firestore answered no time');
  return Number(time.seconds) * 1_000_000 + Math.floor((time.nanos ?? 0) / 1000);
}

export function timestamp(us: number): { seconds: number; nanos: number } {
  return { seconds: Math.floor(us / 1_000_000), nanos: (us % 1_000_000) * 1000 };
}
