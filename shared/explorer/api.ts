import type { ActionDescriptor } from '../schema/action.ts';
import type { EntityDescriptor } from '../schema/entity.ts';
import type { RequestLogEntry } from '../stripe/recent-requests.ts';
import type { LimitView } from '../rate-limiter/capacity.ts';

/** The server of the page. No other server is called. */

export interface About {
  readonly connection: string;
  readonly region: string;
  readonly local: boolean;
  readonly stripe: 'sandbox' | 'test' | 'live' | 'unknown';
  readonly stripeBase?: string;
  readonly apiVersion: string;
  readonly expose: 'discovery' | 'reads' | 'all';
  readonly readOnly: boolean;
  readonly health: { readonly state: string; readonly description?: string };
}

export interface EntityEntry {
  readonly name: string;
  readonly operations: readonly string[];
}

export type ActionEntry = Pick<ActionDescriptor, 'name' | 'title' | 'entity' | 'readOnly'>;

export interface LimitSnapshot {
  readonly atMs: number;
  readonly limit: LimitView;
  readonly transactions: readonly RequestLogEntry[];
}

async function fetchJson<T>(path: string): Promise<T> {
  const answer = await fetch(path);
  const body: unknown = await answer.json();
  if (!answer.ok) throw new Error((body as { error?: { message?: string } }).error?.message ?? `HTTP ${answer.status}`);
  return body as T;
}

export const readAbout = (): Promise<About> => fetchJson('about');
export const readActivity = (): Promise<LimitSnapshot> => fetchJson('activity');
export const readEntities = async (): Promise<readonly EntityEntry[]> =>
  (await fetchJson<{ entities: EntityEntry[] }>('entities')).entities;
export const readActions = async (): Promise<readonly ActionEntry[]> =>
  (await fetchJson<{ actions: ActionEntry[] }>('actions')).actions;

const entities = new Map<string, Promise<EntityDescriptor>>();
const actions = new Map<string, Promise<ActionDescriptor>>();

/** Returns the descriptor of an entity. Cached. */
export function readEntity(name: string): Promise<EntityDescriptor> {
  return cached(entities, name, () => fetchJson(`entities/${encodeURIComponent(name)}`));
}

/** Returns the descriptor of an action. Cached. */
export function readAction(name: string): Promise<ActionDescriptor> {
  return cached(actions, name, () => fetchJson(`actions/${encodeURIComponent(name)}`));
}

/** Descriptors do not change while the server runs. */
function cached<T>(known: Map<string, Promise<T>>, name: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(name) ?? make();
  known.set(name, found);
  found.catch(() => known.delete(name));
  return found;
}

/** A call of a function: its name and its body. */
export interface Call {
  readonly functionName: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface ApiResponse {
  readonly status: number;
  readonly tookMs: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly operationId: string | undefined;
  readonly retryAfter: string | undefined;
  readonly throttledBy: string | undefined;
  readonly replayed: boolean;
}

/** Calls a function through the management API. */
export async function run({ functionName, body }: Call): Promise<ApiResponse> {
  const begun = performance.now();
  const answer = await fetch(`run/${functionName}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const head = (name: string): string | undefined => answer.headers.get(name) ?? undefined;
  return {
    status: answer.status,
    tookMs: Math.round(performance.now() - begun),
    body: (await answer.json()) as ApiResponse['body'],
    operationId: head('Idempotency-Key'),
    retryAfter: head('Retry-After'),
    throttledBy: head('Throttled-By'),
    replayed: head('Idempotent-Replayed') === 'true',
  };
}
