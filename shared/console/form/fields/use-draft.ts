import { useEffect, useRef, useState } from 'react';

type Draft<D> = readonly [draft: D, change: (draft: D, value: unknown) => void];

/**
 * Keeps what the user typed for a value, also while the text is not a valid value. Returns this draft, and a function
 * that changes the draft and the value. When something else changes the value, such as the JSON editor, the draft
 * becomes `draftOf(value)`. `draftOf` should be a function of a module or of `useCallback`, because the effect depends
 * on it.
 */
export function useDraft<D>(
  value: unknown,
  draftOf: (value: unknown) => D,
  onChange: (value: unknown) => void,
): Draft<D> {
  const [draft, setDraft] = useState(() => draftOf(value));
  const lastValue = useRef(value);
  useEffect(() => {
    if (value !== lastValue.current) setDraft(() => draftOf(value));
    lastValue.current = value;
  }, [value, draftOf]);
  const change = (next: D, nextValue: unknown): void => {
    setDraft(() => next);
    lastValue.current = nextValue;
    onChange(nextValue);
  };
  return [draft, change];
}
