import { OPERATIONS, type Operation } from './types.ts';

/** A row of functions/manifest.json, as far as it says what the function calls. */
export interface FunctionRow {
  readonly name: string;
  /** The file of a function that narrows none. */
  readonly source?: string;
  /** The function that it narrows, to these entities or actions. */
  readonly extends?: string;
  readonly entities?: readonly string[];
  readonly actions?: readonly string[];
}

/**
 * What callers may ask a function for: an operation of entities, actions by their names, or one action of its own.
 * `names`: the entities or actions that a narrowed row names; undefined for all.
 */
export type Callable =
  | { readonly kind: 'operation'; readonly operation: Operation; readonly names: readonly string[] | undefined }
  | { readonly kind: 'actions'; readonly names: readonly string[] | undefined }
  | { readonly kind: 'action'; readonly action: string };

/** Undefined of what topics, schedules and Stripe call, and of the connection itself. */
export function callableOf(functionRow: FunctionRow, rows: readonly FunctionRow[]): Callable | undefined {
  const whole = functionRow.extends === undefined ? functionRow : rows.find(({ name }) => name === functionRow.extends);
  const [, folder, file = ''] = /^(entities|actions)\/(.+)\.ts$/.exec(whole?.source ?? '') ?? [];
  if (folder === undefined) return undefined;
  const own = actionOf(file);
  // What the row of `execute-action` itself names is of its HTTP address alone, and not where the server is open.
  const names = functionRow.extends === undefined ? undefined : (functionRow.entities ?? functionRow.actions);
  if (file === 'execute-action') return { kind: 'actions', names };
  if (folder === 'actions') return { kind: 'action', action: own };
  const operation = OPERATIONS.find((name) => name === own);
  return operation === undefined ? undefined : { kind: 'operation', operation, names };
}

/** `confirm-payment-intent` -> `ConfirmPaymentIntent` */
export function actionOf(functionName: string): string {
  return functionName.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
