/** Parsers of the stored Firestore documents. They are outside the bundle of Google's clients, which has no zod. */
import * as z from 'zod/mini';
import { lazy } from '../../memoize.ts';
import { EVENT_OUTCOMES, type InboxEntry, type PublishingState } from '../../event-inbox/store.ts';
import type { DeadLetter } from '../../ports/dead-letter-store.ts';
import { LaterVersionError } from '../../ports/store-errors.ts';
import type { OperationRecord } from '../../idempotency/store.ts';
import type { Allocation } from '../../rate-limiter/endpoints/ring.ts';
import { microseconds } from './firestore-time.ts';
import {
  DEAD_LETTER_VERSION,
  INBOX_VERSION,
  OPERATION_VERSION,
  POSITIONS_VERSION,
  RING_VERSION,
} from './stored-versions.ts';

const storedOperation = lazy(() => {
  const integer = z.pipe(
    z.object({ integerValue: z.coerce.number().check(z.int()) }),
    z.transform(({ integerValue }) => integerValue),
  );
  const text = z.pipe(
    z.object({ stringValue: z.string() }),
    z.transform(({ stringValue }) => stringValue),
  );
  return z.object({
    v: integer,
    state: z.pipe(text, z.enum(['received', 'calling', 'succeeded', 'failed', 'indeterminate'])),
    fingerprint: text,
    keyVersion: integer,
    fence: integer,
    leaseEndsUs: integer,
    firstCalledUs: integer,
    expireAt: z.pipe(
      z.object({ timestampValue: z.object({ seconds: z.coerce.number(), nanos: z.nullish(z.number()) }) }),
      z.transform(({ timestampValue }) => microseconds(timestampValue)),
    ),
    attempts: integer,
    writtenUs: z.optional(integer),
    requestIds: z.pipe(
      z.object({ arrayValue: z.object({ values: z.nullish(z.array(text)) }) }),
      z.transform(({ arrayValue }) => arrayValue.values ?? []),
    ),
    outcome: text,
    // Records of version 1 have neither field.
    expand: z._default(text, ''),
    resolution: z._default(text, ''),
  });
});

const storedLetter = lazy(() => {
  const letter = z.object({
    id: z.string(),
    operationId: z.string(),
    atMs: z.number(),
    reason: z.string(),
    message: z.string(),
    fingerprint: z.string(),
    keyVersion: z.number(),
    original: z.nullable(
      z.object({ data: z.string(), attributes: z.record(z.string(), z.string()), orderingKey: z.string() }),
    ),
    replayedMs: z.number(),
  });

  return z.object({
    v: z.object({ integerValue: z.coerce.number().check(z.maximum(DEAD_LETTER_VERSION)) }),
    letter: z.object({
      stringValue: z.pipe(
        z.string(),
        z.transform((json: string) => letter.parse(JSON.parse(json))),
      ),
    }),
  });
});

const storedEvent = lazy(() => {
  const entry = z.object({
    id: z.string(),
    type: z.string(),
    originalType: z.string(),
    family: z.string(),
    account: z.string(),
    objectType: z.string(),
    objectId: z.string(),
    status: z.string(),
    changekey: z.string(),
    createdMs: z.number(),
    receivedMs: z.number(),
    publishedMs: z.number(),
    outcome: z.enum(EVENT_OUTCOMES),
    reason: z.string(),
    attempts: z.number(),
    via: z.enum(['webhook', 'reconcile', 'replay']),
    body: z.optional(z.string()),
  });
  return z.object({
    v: z.object({ integerValue: z.coerce.number().check(z.maximum(INBOX_VERSION)) }),
    entry: z.object({
      stringValue: z.pipe(
        z.string(),
        z.transform((json: string) => entry.parse(JSON.parse(json))),
      ),
    }),
  });
});

const storedPublishing = lazy(() => {
  const state = z.object({ paused: z.boolean(), pausedMs: z.number(), reason: z.string() });
  return z.object({
    v: z.object({ integerValue: z.coerce.number().check(z.maximum(INBOX_VERSION)) }),
    state: z.object({
      stringValue: z.pipe(
        z.string(),
        z.transform((json: string) => state.parse(JSON.parse(json))),
      ),
    }),
  });
});

const storedAllocation = lazy(() => {
  const integer = z.pipe(
    z.object({ integerValue: z.coerce.number().check(z.int(), z.gte(0)) }),
    z.transform(({ integerValue }) => integerValue),
  );
  const version = (latest: number) =>
    z.pipe(
      integer,
      z.transform((v) => requireSupported('allocation of lanes', v, latest)),
    );
  return {
    ring: z.object({ v: version(RING_VERSION), before: integer, after: integer }),
    positions: z.object({
      v: version(POSITIONS_VERSION),
      positions: z.object({ mapValue: z.object({ fields: z.nullish(z.record(z.string(), integer)) }) }),
    }),
  };
});

export interface StoredDocuments {
  /** Parses an operation. `updatedUs` is the document's last write time, by Firestore's clock. */
  operation(fields: unknown, updatedUs: number): OperationRecord;
  letter(fields: unknown): DeadLetter;
  event(fields: unknown): InboxEntry;
  publishing(fields: unknown): PublishingState;
  /** Parses the ring: the number of its lanes before and after its last change. */
  ring(fields: unknown): { readonly before: number; readonly after: number };
  /** Parses the positions of the endpoints on the ring. The version of the document is the layout of the positions. */
  positions(fields: unknown): Pick<Allocation, 'positions' | 'layout'>;
}

export const storedDocuments: StoredDocuments = {
  operation(fields, updatedUs) {
    const { v, expireAt, writtenUs = updatedUs, ...record } = storedOperation().parse(fields);
    requireSupported('operation', v, OPERATION_VERSION);
    return correctClockSkew({ ...record, expiresUs: expireAt }, updatedUs - writtenUs);
  },
  letter: (fields) => storedLetter().parse(fields).letter.stringValue,
  event: (fields) => storedEvent().parse(fields).entry.stringValue,
  publishing: (fields) => storedPublishing().parse(fields).state.stringValue,
  ring: (fields) => storedAllocation().ring.parse(fields),
  positions: (fields) => {
    const { v, positions } = storedAllocation().positions.parse(fields);
    return { positions: positions.mapValue.fields ?? {}, layout: v === 1 ? 1 : 2 };
  },
};

/** Returns the version of a document, or throws if only a newer revision supports it. */
function requireSupported(name: string, version: number, latest: number): number {
  if (version <= latest) return version;
  throw new LaterVersionError(
    `the stored ${name} has version ${version}, but this revision supports up to ${latest}; deploy a newer one`,
  );
}

/**
 * Returns the record with its times moved forward by `byUs`, the microseconds by which the writer's clock was behind
 * Firestore's. A time of 0 means "not set" and stays 0.
 */
function correctClockSkew(record: OperationRecord, byUs: number): OperationRecord {
  const shift = (us: number): number => (us === 0 ? 0 : us + byUs);
  return {
    ...record,
    leaseEndsUs: shift(record.leaseEndsUs),
    firstCalledUs: shift(record.firstCalledUs),
    expiresUs: shift(record.expiresUs),
  };
}
