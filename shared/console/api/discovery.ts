import type { ActionDescriptor } from '../../schema/action.ts';
import type { EntityDescriptor } from '../../schema/entity.ts';
import { getJson } from './http.ts';

export interface EntitySummary {
  readonly name: string;
  readonly operations: readonly string[];
  /** `cus` for Customer; absent if it is not known. */
  readonly idPrefix?: string;
}

export type ActionSummary = Pick<ActionDescriptor, 'name' | 'title' | 'entity' | 'readOnly'>;

/** What the connector offers. Everything that the console knows of entities and actions is read here. */
export interface Offer {
  readonly entities: readonly EntitySummary[];
  readonly actions: readonly ActionSummary[];
}

const descriptors = new Map<string, Promise<unknown>>();

/** Descriptors do not change while the server runs. */
function cachedJson<T>(path: string): Promise<T> {
  const known = descriptors.get(path) as Promise<T> | undefined;
  if (known !== undefined) return known;
  const loading = getJson<T>(path);
  descriptors.set(path, loading);
  loading.catch(() => descriptors.delete(path));
  return loading;
}

export async function readOffer(): Promise<Offer> {
  const [{ entities }, { actions }] = await Promise.all([
    cachedJson<Pick<Offer, 'entities'>>('entities'),
    cachedJson<Pick<Offer, 'actions'>>('actions'),
  ]);
  return { entities, actions };
}

export function readEntityDescriptor(name: string): Promise<EntityDescriptor> {
  return cachedJson(`entities/${encodeURIComponent(name)}`);
}

export function readActionDescriptor(name: string): Promise<ActionDescriptor> {
  return cachedJson(`actions/${encodeURIComponent(name)}`);
}
