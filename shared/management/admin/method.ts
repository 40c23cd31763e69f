import { quoted } from '../../bounds.ts';
import { invalidArgument, type FieldViolation } from '../../errors.ts';
import type { FunctionRow } from '../../catalog/function-rows.ts';
import { isObject } from '../../is-object.ts';
import type { OperationLog } from '../../idempotency/store.ts';
import type { Connector } from '../../operations/connector.ts';
import type { Limits } from '../../rate-limiter/capacity.ts';
import type { TokenStore } from '../../rate-limiter/store.ts';
import type { AdminAdmission } from './admission.ts';

/** A setting as the settings page describes it. */
export interface DescribedSetting {
  readonly name: string;
  readonly description: string;
  /** Undefined if the setting has no default. */
  readonly default: unknown;
  readonly required: boolean;
}

/** A connection with the members that the admin methods need. */
export type Administrable = Connector & {
  readonly tokens: TokenStore;
  /** Tells the limiter of this instance that the connection was resumed. */
  readonly resumed: () => void;
  readonly limits: Limits;
  readonly operationLog: OperationLog;
  /** Returns the ids of the operations that this instance handled, the latest first. */
  readonly recentOperations: () => readonly string[];
  /** Returns every setting, including those without a value. */
  readonly describedSettings: () => readonly DescribedSetting[];
  readonly admitAdmin: AdminAdmission;
  /** Reads the API key. Throws if the secret cannot be read. */
  readonly apiKey: () => Promise<string>;
  /** True if messages are published to Pub/Sub. Otherwise they are written to the log. */
  readonly publishes: boolean;
  /** True if the process runs on the operator's machine. It may then show signing secrets and send events to a local URL. */
  readonly onOwnMachine: boolean;
};

/** Kinds of input values. A count is a positive integer. */
type AdminInputKind = 'text' | 'flag' | 'count';

/** The validated input of a method. */
export interface AdminInput {
  text(name: string): string | undefined;
  /** Returns the text of an input that the method requires. */
  required(name: string): string;
  flag(name: string): boolean;
  count(name: string): number | undefined;
}

export interface AdminMethod {
  /** Inputs by name. `!` marks those that are required. */
  readonly input: Readonly<Record<string, AdminInputKind | 'text!'>>;
  /** True if the method changes the state of the connection. Its calls are then logged. */
  readonly changes: boolean;
  /** `functions` are the entries of the manifest, which messages may name. */
  readonly run: (connection: Administrable, input: AdminInput, functions: readonly FunctionRow[]) => Promise<object>;
}

const MAX_TEXT = 2000;
const MAX_COUNT = 1_000_000;

const INPUT_KINDS: Readonly<Record<AdminInputKind, readonly [(value: unknown) => boolean, string]>> = {
  text: [
    (value) => typeof value === 'string' && value !== '' && value.length <= MAX_TEXT,
    `must be a string of 1 to ${MAX_TEXT} characters`,
  ],
  flag: [(value) => typeof value === 'boolean', 'must be true or false'],
  count: [
    (value) => Number.isInteger(value) && Number(value) > 0 && Number(value) <= MAX_COUNT,
    `must be an integer from 1 to ${MAX_COUNT}`,
  ],
};

/** Checks a JSON body. Throws one INVALID_INPUT that lists every invalid field. */
export function adminInput(method: AdminMethod, body: unknown): AdminInput {
  const values = body ?? {};
  if (!isObject(values)) throw invalidArgument([{ field: 'body', description: 'must be a JSON object' }]);
  const violations: FieldViolation[] = [];
  for (const field of Object.keys(values))
    if (!Object.hasOwn(method.input, field))
      violations.push({
        field: quoted(field),
        description: `is not supported; supported are ${Object.keys(method.input).join(', ') || 'no fields'}`,
      });
  for (const [field, kind] of Object.entries(method.input)) {
    const value = Object.hasOwn(values, field) ? values[field] : undefined;
    if (value === undefined) {
      if (kind === 'text!') violations.push({ field, description: 'is required' });
      continue;
    }
    const [isValid, description] = INPUT_KINDS[kind === 'text!' ? 'text' : kind];
    if (!isValid(value)) violations.push({ field, description });
  }
  if (violations.length > 0) throw invalidArgument(violations);
  return {
    text: (name) => values[name] as string | undefined,
    required: (name) => values[name] as string,
    flag: (name) => values[name] === true,
    count: (name) => values[name] as number | undefined,
  };
}
