import { createHash } from 'node:crypto';
import { invalid } from '../errors.ts';

/** Where the next page begins, and of what: a token of another entity or clause is refused. */
export interface PagePlace {
  readonly entity: string;
  readonly clause: string;
  /** Stripe's cursor: the id of the last row. */
  readonly after: string;
}

export function pageToken(place: PagePlace): string {
  return Buffer.from(JSON.stringify([1, digest(place), place.after])).toString('base64url');
}

/** The cursor of a token that `pageToken` made for the same entity and clause. */
export function readPageToken(token: string, place: Omit<PagePlace, 'after'>): string {
  try {
    const read: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (Array.isArray(read) && read[0] === 1 && read[1] === digest(place) && typeof read[2] === 'string')
      return read[2];
  } catch {
    // Not one of ours: the error below says so.
  }
  const description = 'is not a token of this entity and filter clause; use listEntitiesNextPageToken as it came';
  throw invalid([{ field: 'listEntitiesPageToken', description }]);
}

function digest(place: Omit<PagePlace, 'after'>): string {
  return createHash('sha256')
    .update(JSON.stringify([place.entity, place.clause]))
    .digest('base64url')
    .slice(0, 12);
}
