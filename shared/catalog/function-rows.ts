import { OPERATIONS, type Operation } from './types.ts';

/** The inputs that a function takes, by name. It rejects every other one. `maximum` is for integers. */
export type FunctionInputs = Readonly<Record<string, { readonly required?: boolean; readonly maximum?: number }>>;

/** The part of an entry of functions/manifest.json that says what the function calls. */
export interface FunctionRow {
  readonly name: string;
  /** The source file of a function that is not restricted. */
  readonly source?: string;
  /** The function that this one restricts to these entities or actions. */
  readonly restricts?: string;
  readonly entities?: readonly string[];
  readonly actions?: readonly string[];
  /** The only inputs of a restricted function. Undefined for all. */
  readonly inputs?: FunctionInputs;
}

interface Narrowing {
  readonly names: readonly string[] | undefined;
  readonly inputs: FunctionInputs | undefined;
}

/**
 * What callers may request from a function: an operation of entities, actions by name, or one action. `names` are the
 * entities or actions of a restricted function, undefined for all, and so are `inputs`.
 */
export type Callable =
  | ({ readonly kind: 'operation'; readonly operation: Operation } & Narrowing)
  | ({ readonly kind: 'actions' } & Narrowing)
  | { readonly kind: 'action'; readonly action: string };

/**
 * Returns what callers may request from a function. Undefined for functions that topics, schedules and Stripe call, and
 * for the connection itself.
 */
export function callableOf(definition: FunctionRow, rows: readonly FunctionRow[]): Callable | undefined {
  const base = definition.restricts === undefined ? definition : rows.find(({ name }) => name === definition.restricts);
  const [, folder, file = ''] = /^(entities|actions)\/(.+)\.ts$/.exec(base?.source ?? '') ?? [];
  if (folder === undefined) return undefined;
  const actionName = actionOf(file);
  // The names of the `execute-action` entry only apply to its HTTP URL, and not on an open server.
  const names = definition.restricts === undefined ? undefined : (definition.entities ?? definition.actions);
  const { inputs } = definition;
  if (file === 'execute-action') return { kind: 'actions', names, inputs };
  if (folder === 'actions') return { kind: 'action', action: actionName };
  const operation = OPERATIONS.find((name) => name === actionName);
  return operation === undefined ? undefined : { kind: 'operation', operation, names, inputs };
}

/** `confirm-payment-intent` -> `ConfirmPaymentIntent` */
export function actionOf(functionName: string): string {
  return functionName.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
