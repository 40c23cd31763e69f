import { OPERATIONS, type Operation } from './types.ts';

/**
 * The inputs that a function accepts, by name. The function rejects other inputs. `maximum` is the largest value of an
 * integer input.
 */
export type FunctionInputs = Readonly<Record<string, { readonly required?: boolean; readonly maximum?: number }>>;

/** The members of an entry of functions/manifest.json that determine what callers may request from the function. */
export interface FunctionRow {
  readonly name: string;
  /** The source file of a function that is not restricted. */
  readonly source?: string;
  /** The name of the function that this entry restricts to its `entities` or `actions`. */
  readonly restricts?: string;
  readonly entities?: readonly string[];
  readonly actions?: readonly string[];
  /** The only inputs that a restricted function accepts. Undefined permits all. */
  readonly inputs?: FunctionInputs;
}

/** What a restricted function permits: names of entities or actions, and inputs. Undefined permits all. */
interface FunctionRestriction {
  readonly names: readonly string[] | undefined;
  readonly inputs: FunctionInputs | undefined;
}

/**
 * What callers may request from a function: an operation of entities, an action that the request names, or one fixed action.
 */
export type Callable =
  | ({ readonly kind: 'operation'; readonly operation: Operation } & FunctionRestriction)
  | ({ readonly kind: 'actions' } & FunctionRestriction)
  | { readonly kind: 'action'; readonly action: string };

/**
 * Returns what callers may request from a function. Undefined for functions that Pub/Sub, a scheduler or Stripe calls,
 * and for `connection`, `single` and `tools`.
 */
export function callableOf(definition: FunctionRow, rows: readonly FunctionRow[]): Callable | undefined {
  const base = definition.restricts === undefined ? definition : rows.find(({ name }) => name === definition.restricts);
  const [, folder, file = ''] = /^(entities|actions)\/(.+)\.ts$/.exec(base?.source ?? '') ?? [];
  if (folder === undefined) return undefined;
  const actionName = actionOf(file);
  // If the entry is `execute-action` itself, `names` is undefined: the entry's own list of actions limits only calls to
  // its HTTP URL.
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
