import { useEffect, useRef, useState } from 'react';

type Draft<D> = readonly [draft: D, change: (draft: D, value: unknown) => void];

/**
 * Returns what the user typed for a value, and a function that changes both. The draft need not be a valid value. A
 * change from outside, by the JSON editor or a cleared field, replaces it with `draftOf(value)`, a stable function.
 */
export function useDraft<D>(
  value: unknown,
  draftOf: (value: unknown) => D,
  onChange: (value: unknown) => void,
): Draft<D> {
  const [draft, setDraft] = useState(() => draftOf(value));
  const sent = useRef(value);
  useEffect(() => {
    if (value !== sent.current) setDraft(() => draftOf(value));
    sent.current = value;
  }, [value, draftOf]);
  const change = (next: D, nextValue: unknown): void => {
    setDraft(() => next);
    sent.current = nextValue;
    onChange(nextValue);
  };
  return [draft, change];
}
