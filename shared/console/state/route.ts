import { useMemo, useSyncExternalStore } from 'react';
import { parseHash, type ConsoleRoute } from './hash.ts';

export { hashOf, parseHash, type ConsoleRoute } from './hash.ts';

function subscribeToHash(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
}

export function useConsoleRoute(): ConsoleRoute {
  const hash = useSyncExternalStore(subscribeToHash, () => location.hash);
  return useMemo(() => parseHash(hash), [hash]);
}

export function navigate(hash: string): void {
  location.hash = hash;
}

/** Replaces the current deep link without a new entry of the browser's history. */
export function replaceHash(hash: string): void {
  history.replaceState(null, '', hash);
  dispatchEvent(new HashChangeEvent('hashchange'));
}
