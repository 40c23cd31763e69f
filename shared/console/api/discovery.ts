import type { ActionDescriptor } from '../../schema/action.ts';
import type { EntityDescriptor } from '../../schema/entity.ts';
import { getJson } from './http.ts';

export interface EntitySummary {
  readonly name: string;
  readonly operations: readonly string[];
  /** The prefix of the entity's ids, such as `cus` for Customer. Absent if the catalog has none. */
  readonly idPrefix?: string;
}

export type ActionSummary = Pick<ActionDescriptor, 'name' | 'title' | 'entity' | 'readOnly'>;

/** The entities and actions that the connector offers. */
export interface ConsoleCatalog {
  readonly entities: readonly EntitySummary[];
  readonly actions: readonly ActionSummary[];
}

const descriptors = new Map<string, Promise<unknown>>();

/**
 * Requests each path once, because descriptors do not change while the server runs. After a failed request, the next
 * read requests the path again.
 */
function cachedJson<T>(path: string): Promise<T> {
  const cached = descriptors.get(path) as Promise<T> | undefined;
  if (cached !== undefined) return cached;
  const loading = getJson<T>(path);
  descriptors.set(path, loading);
  loading.catch(() => descriptors.delete(path));
  return loading;
}

export async function readConsoleCatalog(): Promise<ConsoleCatalog> {
  const [{ entities }, { actions }] = await Promise.all([
    cachedJson<Pick<ConsoleCatalog, 'entities'>>('entities'),
    cachedJson<Pick<ConsoleCatalog, 'actions'>>('actions'),
  ]);
  return { entities, actions };
}

export function readEntityDescriptor(name: string): Promise<EntityDescriptor> {
  return cachedJson(`entities/${encodeURIComponent(name)}`);
}

export function readActionDescriptor(name: string): Promise<ActionDescriptor> {
  return cachedJson(`actions/${encodeURIComponent(name)}`);
}
