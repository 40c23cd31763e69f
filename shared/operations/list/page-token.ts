import { hash } from 'node:crypto';
import * as z from 'zod';
import { invalidArgument } from '../../errors.ts';
import { lazy } from '../../memoize.ts';
import { MAX_ID_LENGTH } from '../request/ids.ts';
import type { Cursor } from './executor.ts';

/** What a list was asked: a token of another question is refused. */
export interface PageQuery {
  readonly entity: string;
  readonly clause: string;
  readonly sort: string;
  readonly consistency: string;
  /** The Connect account of the call; empty for the connection's own. */
  readonly account: string;
}

const token = lazy(() => {
  const position = z.union([
    z.strictObject({
      at: z.strictObject({
        branch: z.int().min(0).max(1000),
        after: z.array(z.string().max(MAX_ID_LENGTH)).max(10).optional(),
        page: z.string().max(5000).optional(),
        next: z.int().min(0).max(10_000).optional(),
      }),
    }),
    z.strictObject({
      resumeAfter: z.strictObject({
        value: z.union([z.string().max(5000), z.number(), z.boolean(), z.null()]),
        id: z.string().max(MAX_ID_LENGTH),
      }),
    }),
  ]);
  return z.tuple([z.literal(2), z.string(), position]);
});

/** Where the next page begins: behind a row in Stripe's order, or behind a value in a sorted one. */
export type PagePosition =
  { readonly at: Cursor } | { readonly resumeAfter: { readonly value: unknown; readonly id: string } };

export function pageToken(question: PageQuery, place: PagePosition): string {
  return Buffer.from(JSON.stringify([2, digest(question), place])).toString('base64url');
}

/** Characters of a token: it holds one value of a column, or a few ids. */
const MAX_TOKEN_LENGTH = 60_000;

/** The position of a token that `pageToken` made for the same question. */
export function readPageToken(text: string, question: PageQuery): PagePosition {
  try {
    if (text.length > MAX_TOKEN_LENGTH) throw new RangeError('no token of ours is that long');
    const read = token().safeParse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    if (read.success && read.data[1] === digest(question)) return read.data[2];
  } catch {
    // Not one of ours: the error below says so.
  }
  const description =
    'is not a token of this entity, filter clause, sorting and account; use listEntitiesNextPageToken as it came';
  throw invalidArgument([{ field: 'listEntitiesPageToken', description }]);
}

function digest({ entity, clause, sort, consistency, account }: PageQuery): string {
  const text = JSON.stringify([entity, clause, sort, consistency, account]);
  return hash('sha256', text, 'base64url').slice(0, 12);
}
