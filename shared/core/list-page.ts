import type { Entity, OperationRow } from '../catalog/shapes.ts';
import { ConnectorError } from '../errors.ts';
import type { StripeObject } from '../ports/stripe.ts';
import type { Call } from './call.ts';
import type { ConnectorParts } from './connector.ts';
import { pageToken, readPageToken } from './page-token.ts';
import { addressed } from './plan-entity.ts';
import { listParams } from './plan-list.ts';

export interface PageRequest {
  readonly filterClause?: string | undefined;
  /** Rows at most. */
  readonly pageSize: number;
  readonly pageToken?: string | undefined;
}

export interface Page {
  readonly objects: readonly StripeObject[];
  /** Null at the end. */
  readonly nextToken: string | null;
}

/** Rows of one request to Stripe at most. https://docs.stripe.com/api/pagination */
const STRIPE_PAGE = 100;

/** One page of an entity: one transaction for up to 100 rows, two for up to 200. */
export async function listPage(
  parts: ConnectorParts,
  entity: Entity,
  row: OperationRow,
  request: PageRequest,
  call: Call,
): Promise<Page> {
  const clause = request.filterClause?.trim() ?? '';
  const place = { entity: entity.entity, clause };
  const params = listParams(entity, row, clause);
  let after = request.pageToken === undefined ? undefined : readPageToken(request.pageToken, place);
  const objects: StripeObject[] = [];
  const paged = row.paged !== false;
  for (;;) {
    const limit = Math.min(STRIPE_PAGE, request.pageSize - objects.length);
    const cursor = { ...(paged ? { limit } : {}), ...(paged && after !== undefined ? { starting_after: after } : {}) };
    const answer = await parts.door.run(
      addressed({ method: 'GET', path: row.path, params: { ...params, ...cursor } }, call),
      call,
    );
    const { data, hasMore } = readList(answer.body);
    if (!paged) return cutPage(data, after, request.pageSize, place);
    objects.push(...data);
    const last = data.at(-1)?.['id'];
    if (!hasMore || data.length === 0) return { objects, nextToken: null };
    // A cursor that does not move would go round for ever.
    if (typeof last !== 'string' || last === after) throw unreadable();
    after = last;
    if (objects.length >= request.pageSize) return { objects, nextToken: pageToken({ ...place, after }) };
  }
}

/** Lists that Stripe answers whole are cut here. */
function cutPage(
  data: readonly StripeObject[],
  after: string | undefined,
  pageSize: number,
  place: { entity: string; clause: string },
): Page {
  const start = after === undefined ? 0 : data.findIndex((object) => object['id'] === after) + 1;
  const objects = data.slice(start, start + pageSize);
  const last = objects.at(-1)?.['id'];
  const more = start + objects.length < data.length && typeof last === 'string';
  return { objects, nextToken: more ? pageToken({ ...place, after: last }) : null };
}

function readList(body: StripeObject): { data: StripeObject[]; hasMore: boolean } {
  const data: unknown = body['data'];
  if (!Array.isArray(data)) throw unreadable();
  return { data: data as StripeObject[], hasMore: body['has_more'] === true };
}

function unreadable(): ConnectorError {
  return new ConnectorError('UNAVAILABLE', "Stripe's list could not be read", { reason: 'STRIPE_UNREADABLE' });
}
