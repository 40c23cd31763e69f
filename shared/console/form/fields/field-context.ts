import { createContext, useCallback, useContext, useEffect, useState } from 'react';
import type { OutputRow } from '../../api/calls.ts';

/** What a form shares with all of its inputs. */
export interface FieldContext {
  /** Error texts by the path of the field: `Metadata`, `Address.city`. */
  readonly errors: ReadonlyMap<string, string>;
  /**
   * The current values of the object that the form updates. Undefined for a form that is not an Update, and until the
   * object is read.
   */
  readonly current: OutputRow | undefined;
  /** The currency of the payload, else of the object that the call changes or takes money from. */
  readonly currency: string | undefined;
  /** The field that gets the focus when the groups around the field have opened. */
  readonly focusTarget: string | undefined;
  /** Goes to a field. When the field has the focus, it calls this function with undefined. */
  readonly onGoToField: (path: string | undefined) => void;
}

const FieldReactContext = createContext<FieldContext>({
  errors: new Map(),
  current: undefined,
  currency: undefined,
  focusTarget: undefined,
  onGoToField: () => undefined,
});

export const FieldContextProvider = FieldReactContext.Provider;
export const useFieldContext = (): FieldContext => useContext(FieldReactContext);

/** The error of a field. A field without inputs for its members also shows an error of a member. */
export function useFieldError(path: string, isLeaf: boolean): string | undefined {
  const { errors } = useFieldContext();
  const error = errors.get(path);
  if (error !== undefined || !isLeaf) return error;
  for (const [field, text] of errors)
    if (field.startsWith(`${path}.`) || field.startsWith(`${path}[`)) return `${field.slice(path.length + 1)}: ${text}`;
  return undefined;
}

/** Moves the focus to the control of a field. Returns false if the field is not shown. */
function focusField(path: string): boolean {
  const control = document.querySelector<HTMLElement>(`[data-field="${CSS.escape(path)}"]`);
  const group = control?.parentElement?.closest('details');
  if (group !== undefined && group !== null) group.open = true;
  control?.focus({ preventScroll: true });
  control?.scrollIntoView({ block: 'center' });
  return control !== null;
}

/**
 * Returns the field that the user wants to go to, and a function that moves the focus to a field. A field in a closed
 * group gets the focus after the group opens.
 */
export function useFieldFocus(): readonly [focusTarget: string | undefined, goTo: FieldContext['onGoToField']] {
  const [focusTarget, setFocusTarget] = useState<string>();
  const goTo = useCallback((path: string | undefined): void => {
    setFocusTarget(path !== undefined && focusField(path) ? undefined : path);
  }, []);
  return [focusTarget, goTo];
}

/** Moves the focus to the control of a field that was not shown when the user wanted to go there. */
export function useFocusTarget(path: string): void {
  const { focusTarget, onGoToField } = useFieldContext();
  useEffect(() => {
    if (focusTarget === path && focusField(path)) onGoToField(undefined);
  }, [focusTarget, path, onGoToField]);
}
