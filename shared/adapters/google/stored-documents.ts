/** Parsers of the stored Firestore documents. They are in the main bundle because zod is there. */
import * as z from 'zod';
import { lazy } from '../../memoize.ts';
import { OUTCOMES, type InboxEntry, type PublishingState } from '../../event-inbox/store.ts';
import type { DeadLetter } from '../../ports/dead-letter-store.ts';
import type { OperationRecord } from '../../idempotency/store.ts';
import { microseconds } from './firestore-time.ts';
import { correctClockSkew } from './clock-skew.ts';
import { DEAD_LETTER_VERSION, INBOX_VERSION, OPERATION_VERSION } from './stored-versions.ts';

const operation = lazy(() => {
  const integer = z.object({ integerValue: z.coerce.number().int() }).transform(({ integerValue }) => integerValue);
  const text = z.object({ stringValue: z.string() }).transform(({ stringValue }) => stringValue);
  return z.object({
    v: integer,
    state: text.pipe(z.enum(['received', 'calling', 'succeeded', 'failed', 'indeterminate'])),
    fingerprint: text,
    keyVersion: integer,
    fence: integer,
    leaseEndsUs: integer,
    firstCalledUs: integer,
    expireAt: z
      .object({ timestampValue: z.object({ seconds: z.coerce.number(), nanos: z.number().nullish() }) })
      .transform(({ timestampValue }) => microseconds(timestampValue)),
    attempts: integer,
    writtenUs: integer.optional(),
    requestIds: z
      .object({ arrayValue: z.object({ values: z.array(text).nullish() }) })
      .transform(({ arrayValue }) => arrayValue.values ?? []),
    outcome: text,
    // Records of version 1 have neither field.
    expand: text.default(''),
    resolution: text.default(''),
  });
});

const storedLetter = lazy(() => {
  const zodObject = z.object({
    id: z.string(),
    operationId: z.string(),
    atMs: z.number(),
    reason: z.string(),
    message: z.string(),
    fingerprint: z.string(),
    keyVersion: z.number(),
    original: z
      .object({ data: z.string(), attributes: z.record(z.string(), z.string()), orderingKey: z.string() })
      .nullable(),
    replayedMs: z.number(),
  });

  return z.object({
    v: z.object({ integerValue: z.coerce.number().max(DEAD_LETTER_VERSION) }),
    letter: z.object({ stringValue: z.string().transform((json) => zodObject.parse(JSON.parse(json))) }),
  });
});

const version = (newest: number) => z.object({ integerValue: z.coerce.number().max(newest) });

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
    outcome: z.enum(OUTCOMES),
    reason: z.string(),
    attempts: z.number(),
    via: z.enum(['webhook', 'reconcile', 'replay']),
  });
  return z.object({
    v: version(INBOX_VERSION),
    entry: z.object({ stringValue: z.string().transform((json) => entry.parse(JSON.parse(json))) }),
  });
});

const storedPublishing = lazy(() => {
  const state = z.object({ paused: z.boolean(), pausedMs: z.number(), reason: z.string() });
  return z.object({
    v: version(INBOX_VERSION),
    state: z.object({ stringValue: z.string().transform((json) => state.parse(JSON.parse(json))) }),
  });
});

export interface StoredDocuments {
  /** Parses an operation. `updatedUs` is the document's last write time, by Firestore's clock. */
  operation(fields: unknown, updatedUs: number): OperationRecord;
  letter(fields: unknown): DeadLetter;
  event(fields: unknown): InboxEntry;
  publishing(fields: unknown): PublishingState;
}

export const storedDocuments: StoredDocuments = {
  operation(fields, updatedUs) {
    const { v, expireAt, writtenUs = updatedUs, ...record } = operation().parse(fields);
    if (v > OPERATION_VERSION)
      throw new Error(
        `the stored operation has version ${v}, but this revision supports up to ${OPERATION_VERSION}; deploy a newer one`,
      );
    return correctClockSkew({ ...record, expiresUs: expireAt }, updatedUs - writtenUs);
  },
  letter: (fields) => storedLetter().parse(fields).letter.stringValue,
  event: (fields) => storedEvent().parse(fields).entry.stringValue,
  publishing: (fields) => storedPublishing().parse(fields).state.stringValue,
};
