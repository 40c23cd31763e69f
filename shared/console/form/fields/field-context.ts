import { createContext, useContext } from 'react';
import type { OutputRow } from '../../api/calls.ts';

/** What every input of a form knows. */
export interface FieldContext {
  /** Errors by the field of the connector: `Metadata`, `Address.city`. */
  readonly errors: ReadonlyMap<string, string>;
  /** The object that is updated, as it is now. */
  readonly current: OutputRow | undefined;
  /** The currency of the form or of the object. */
  readonly currency: string | undefined;
}

const FieldReactContext = createContext<FieldContext>({ errors: new Map(), current: undefined, currency: undefined });

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
