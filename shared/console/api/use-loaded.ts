import { useCallback, useEffect, useRef, useState } from 'react';
import { useReachability } from './reachability.ts';

export interface Loaded<T> {
  /** Undefined until a load succeeds. During a reload, and after a failed one, this is the previous value. */
  readonly data: T | undefined;
  readonly error: Error | undefined;
  readonly loading: boolean;
  readonly reload: () => void;
}

/**
 * Loads a value at first, when `key` changes, when the server is reachable again, on `reload()`, and `pollMs` after
 * each load. Polling pauses while the page is hidden.
 */
export function useLoaded<T>(key: string, load: () => Promise<T>, pollMs?: number): Loaded<T> {
  const [state, setState] = useState<{ key: string; data?: T; error?: Error; loading: boolean }>({
    key,
    loading: true,
  });
  const { epoch } = useReachability();
  const [reloads, setReloads] = useState(0);
  const latestLoad = useRef(load);
  latestLoad.current = load;
  useEffect(() => {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const loadOnce = async (): Promise<void> => {
      try {
        const data = await latestLoad.current();
        if (!stopped) setState({ key, data, loading: false });
      } catch (cause) {
        const error = cause instanceof Error ? cause : new Error(String(cause));
        if (!stopped)
          setState((before) =>
            before.key === key ? { ...before, error, loading: false } : { key, error, loading: false },
          );
      }
      poll();
    };
    const poll = (): void => {
      if (!stopped && pollMs !== undefined)
        timer = setTimeout(() => (document.hidden ? poll() : void loadOnce()), pollMs);
    };
    setState((before) => (before.key === key ? { ...before, loading: true } : { key, loading: true }));
    void loadOnce();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [key, epoch, reloads, pollMs]);
  const reload = useCallback(() => setReloads((count) => count + 1), []);
  const isOfKey = state.key === key;
  return {
    data: isOfKey ? state.data : undefined,
    error: isOfKey ? state.error : undefined,
    loading: isOfKey ? state.loading : true,
    reload,
  };
}
