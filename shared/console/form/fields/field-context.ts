import { createContext, useCallback, useContext, useEffect, useState } from 'react';
import type { OutputRow } from '../../api/calls.ts';

/** What every input of a form knows. */
export interface FieldContext {
  /** Errors by the field of the connector: `Metadata`, `Address.city`. */
  readonly errors: ReadonlyMap<string, string>;
  /** The object that is updated, as it is now. */
  readonly current: OutputRow | undefined;
  /** The currency of the form or of the object. */
  readonly currency: string | undefined;
  /** The field that the user wants to go to: groups around it open, and it gets the focus. */
  readonly wanted: string | undefined;
  /** Goes to a field; undefined once it has the focus. */
  readonly onWant: (path: string | undefined) => void;
}

const FieldReactContext = createContext<FieldContext>({
  errors: new Map(),
  current: undefined,
  currency: undefined,
  wanted: undefined,
  onWant: () => undefined,
});

export const FieldContextProvider = FieldReactContext.Provider;
export const useFieldContext = (): FieldContext => useContext(FieldReactContext);

/** The error of a field: its own, or one of a member that has no input. */
export function useFieldError(path: string, isLeaf: boolean): string | undefined {
  const { errors } = useFieldContext();
  const own = errors.get(path);
  if (own !== undefined || !isLeaf) return own;
  for (const [field, text] of errors)
    if (field.startsWith(`${path}.`) || field.startsWith(`${path}[`)) return `${field.slice(path.length + 1)}: ${text}`;
  return undefined;
}

/** Moves the focus to the control of a field. False if it is not shown. */
function focusField(path: string): boolean {
  const control = document.querySelector<HTMLElement>(`[data-field="${CSS.escape(path)}"]`);
  const around = control?.parentElement?.closest('details');
  if (around !== undefined && around !== null) around.open = true;
  control?.focus({ preventScroll: true });
  control?.scrollIntoView({ block: 'center' });
  return control !== null;
}

/**
 * The field that the user wants to go to, and a function that moves the focus to a field. A field of a closed group gets
 * it after the group opened.
 */
export function useFieldFocus(): readonly [wanted: string | undefined, goTo: FieldContext['onWant']] {
  const [wanted, setWanted] = useState<string>();
  const goTo = useCallback((path: string | undefined): void => {
    setWanted(path !== undefined && focusField(path) ? undefined : path);
  }, []);
  return [wanted, goTo];
}

/** Moves the focus to the control of a field that was not shown when the user wanted to go there. */
export function useWantedFocus(path: string): void {
  const { wanted, onWant } = useFieldContext();
  useEffect(() => {
    if (wanted === path && focusField(path)) onWant(undefined);
  }, [wanted, path, onWant]);
}
