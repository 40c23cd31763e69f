import { v1 } from '@google-cloud/firestore';
import { googleAuthLibrary, grpc, Status } from 'google-gax';
import { StoreUnanswered, type TokenStore } from '../ports/token-store.ts';

export interface FirestoreOptions {
  readonly projectId: string;
  readonly databaseId: string;
  /** `host:port` of an emulator: clear text and no credentials there. */
  readonly emulatorHost?: string;
}

/** Milliseconds that one question may take; then it counts as unanswered (and its slots, if any, as lost). */
const RPC_TIMEOUT_MS = 2000;

/** Milliseconds: a Firestore that is back is found at once, not after gRPC's own two minutes. */
const RECONNECT = { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 400 };

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

interface CommitAnswer {
  readonly writeResults?:
    readonly { readonly transformResults?: readonly { readonly integerValue?: unknown }[] | null }[] | null;
  readonly commitTime?: { readonly seconds?: unknown; readonly nanos?: number | null } | null;
}

/**
 * The token store of a fleet: one document a bucket, one blind commit a step. `maximum` then `increment` on the same
 * number run atomically and in order at the server, so there is no read, no lock and no retry loop.
 * Source: `Commit.writes` and `FieldTransform` in google/firestore/v1 (firestore.proto, write.proto).
 */
export function firestoreTokens(options: FirestoreOptions): TokenStore {
  const client = new v1.FirestoreClient(clientOptions(options));
  const database = `projects/${options.projectId}/databases/${options.databaseId}`;
  const commit = async (bucket: string, transforms: readonly object[]): Promise<CommitAnswer> => {
    const document = `${database}/documents/connections/${bucket}/limiter/token-bucket`;
    const writes = transforms.map((transform) => ({
      transform: { document, fieldTransforms: [{ fieldPath: 'tat', ...transform }] },
    }));
    try {
      // No retry codes: a repeat of a lost answer would only throw slots away; the caller decides.
      const [answer] = await client.commit(
        { database, writes },
        { timeout: RPC_TIMEOUT_MS, retry: { retryCodes: [] } },
      );
      return answer;
    } catch (cause) {
      throw PASSING.includes((cause as { code?: unknown }).code)
        ? new StoreUnanswered('Firestore gave no answer', { cause })
        : cause;
    }
  };
  return {
    async reserve({ bucket, count, intervalNs, notBeforeNs }) {
      const taken = BigInt(count) * intervalNs;
      const answer = await commit(bucket, [
        { maximum: { integerValue: notBeforeNs.toString() } },
        { increment: { integerValue: taken.toString() } },
      ]);
      return { firstNs: tatOf(answer) - taken, storeNowNs: commitNs(answer) };
    },
    async nowNs(bucket) {
      return commitNs(await commit(bucket, [{ increment: { integerValue: '0' } }]));
    },
  };
}

function clientOptions({
  projectId,
  emulatorHost,
}: FirestoreOptions): ConstructorParameters<typeof v1.FirestoreClient>[0] {
  if (emulatorHost === undefined) return { projectId, ...RECONNECT };
  const [host, port] = emulatorHost.split(':');
  return {
    projectId,
    ...RECONNECT,
    servicePath: host ?? '127.0.0.1',
    port: Number(port),
    sslCreds: grpc.credentials.createInsecure(),
    authClient: new googleAuthLibrary.PassThroughClient() as never,
  };
}

function tatOf(answer: CommitAnswer): bigint {
  const value = answer.writeResults?.at(-1)?.transformResults?.at(-1)?.integerValue;
  if (value === undefined || value === null) throw new Error('Firestore answered no transform result');
  return BigInt(String(value));
}

function commitNs({ commitTime }: CommitAnswer): bigint {
  if (commitTime === undefined || commitTime === null) throw new Error('Firestore answered no commit time');
  return BigInt(String(commitTime.seconds)) * 1_000_000_000n + BigInt(commitTime.nanos ?? 0);
}
