import { useCallback, useEffect, useRef, useState } from 'react';
import { useReachability } from './reachability.ts';

export interface Loaded<T> {
  /** Undefined until it is loaded; the last value while it is loaded again. */
  readonly data: T | undefined;
  readonly error: Error | undefined;
  readonly loading: boolean;
  readonly reload: () => void;
}

/**
 * Loads a value when `key` changes, when the server is reachable again, on `reload()`, and every `everyMs`. Polling
 * pauses while the page is hidden.
 */
export function useLoaded<T>(key: string, load: () => Promise<T>, everyMs?: number): Loaded<T> {
  const [state, setState] = useState<{ key: string; data?: T; error?: Error; loading: boolean }>({
    key,
    loading: true,
  });
  const { epoch } = useReachability();
  const [round, setRound] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const loadOnce = async (): Promise<void> => {
      try {
        const data = await latest.current();
        if (!stopped) setState({ key, data, loading: false });
      } catch (cause) {
        const error = cause instanceof Error ? cause : new Error(String(cause));
        if (!stopped) setState((before) => ({ ...(before.key === key ? before : {}), key, error, loading: false }));
      }
      poll();
    };
    const poll = (): void => {
      if (!stopped && everyMs !== undefined)
        timer = setTimeout(() => (document.hidden ? poll() : void loadOnce()), everyMs);
    };
    setState((before) => (before.key === key ? { ...before, loading: true } : { key, loading: true }));
    void loadOnce();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [key, epoch, round, everyMs]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  const current = state.key === key;
  return {
    data: current ? state.data : undefined,
    error: current ? state.error : undefined,
    loading: current ? state.loading : true,
    reload,
  };
}
