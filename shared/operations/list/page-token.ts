import { hash } from 'node:crypto';
import * as z from 'zod/mini';
import { invalidArgument } from '../../errors.ts';
import { lazy } from '../../memoize.ts';
import { MAX_ID_LENGTH } from '../request/ids.ts';
import type { Cursor } from './fetch-page.ts';

/** The query that a page token belongs to. The token is rejected for any other query. */
export interface PageQuery {
  readonly entity: string;
  readonly clause: string;
  readonly sort: string;
  readonly consistency: string;
  /** The Connect account of the call. Empty for the connection's own account. */
  readonly account: string;
}

/** Version of the token format. A token contains this version, a digest of the query, and a position. */
const TOKEN_FORMAT = 2;

const tokenSchema = lazy(() => {
  const id = z.string().check(z.maxLength(MAX_ID_LENGTH));
  const text = z.string().check(z.maxLength(5000));
  const position = z.union([
    z.strictObject({
      at: z.strictObject({
        branch: z.int().check(z.minimum(0), z.maximum(1000)),
        after: z.optional(z.array(id).check(z.maxLength(10))),
        page: z.optional(text),
        next: z.optional(z.int().check(z.minimum(0), z.maximum(10_000))),
      }),
    }),
    z.strictObject({
      resumeAfter: z.strictObject({
        value: z.union([text, z.number(), z.boolean(), z.null()]),
        id,
      }),
    }),
  ]);
  return z.tuple([z.literal(TOKEN_FORMAT), z.string(), position]);
});

/** The start of the next page: after a row in Stripe's order, or after a value in another order. */
export type PagePosition =
  | { readonly at: Cursor }
  | { readonly resumeAfter: { readonly value: unknown; readonly id: string } };

/** Encodes a position and a digest of its query as a token. */
export function encodePageToken(query: PageQuery, position: PagePosition): string {
  return Buffer.from(JSON.stringify([TOKEN_FORMAT, digest(query), position])).toString('base64url');
}

/** Maximum length of a token in characters. A token contains one value of a column, or a few ids. */
const MAX_TOKEN_LENGTH = 60_000;

/**
 * Returns the position in a token. Throws INVALID_ARGUMENT unless `encodePageToken` created the token for the same query.
 */
export function readPageToken(text: string, query: PageQuery): PagePosition {
  try {
    if (text.length > MAX_TOKEN_LENGTH) throw new RangeError('the token is too long');
    const parsed = tokenSchema().safeParse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    if (parsed.success && parsed.data[1] === digest(query)) return parsed.data[2];
  } catch {
    // Not a token of this connector: reported below.
  }
  const description =
    'is not a token for this entity, filter clause, sort order and account; send listEntitiesNextPageToken unchanged';
  throw invalidArgument([{ field: 'listEntitiesPageToken', description }]);
}

function digest({ entity, clause, sort, consistency, account }: PageQuery): string {
  const text = JSON.stringify([entity, clause, sort, consistency, account]);
  return hash('sha256', text, 'base64url').slice(0, 12);
}
