import type * as z from 'zod/mini';
import { en } from 'zod/locales';
import type { Operation } from '../../catalog/types.ts';
import { invalidArgument } from '../../errors.ts';
import { Violations } from '../../field-violations.ts';
import { namespacedOperationId } from '../../idempotency/derive-key.ts';
import { isJsonObject, plainNumbers } from '../../json/written-number.ts';
import { lazy } from '../../memoize.ts';
import { parseDocument } from '../../parse-document.ts';

/** Fields of an object that are strings, and the values that they have. All of them must match. */
type DataPattern = Readonly<Record<string, string | RegExp>>;

/** The fields of a command without its operation id, as in a message of the connector's own shape. */
export interface CommandFields {
  readonly function?: string;
  readonly operation?: Operation;
  readonly action?: string;
  readonly entity?: string;
  readonly entityId?: string;
  readonly connectorInputPayload?: Readonly<Record<string, unknown>>;
  /** Any other field of a body, such as `accountId` or `waitFor`. */
  readonly [field: string]: unknown;
}

/** Which data a shape reads, and which it ignores. */
interface ShapePatterns {
  readonly reads: DataPattern;
  /** Data that requests nothing, unless a shape reads it. It is acknowledged: no operation, no result, no dead letter. */
  readonly ignores?: DataPattern | undefined;
}

/** A shape of messages of another sender: what it reads, and the command that it means. */
interface ShapeDefinition<S extends z.ZodMiniObject> extends ShapePatterns {
  /** The schema of the data. A violation rejects the message and names the field. */
  readonly schema: () => S;
  /**
   * What two messages have in common if they request the same operation, such as the number of an order. The operation
   * id is derived from it, so the operation has one effect, however many messages request it.
   */
  readonly identity: (data: z.output<S>) => string | readonly string[];
  /** Returns the command. Fields that are undefined count as absent. */
  readonly command: (data: z.output<S>) => CommandFields;
}

/** A shape whose schema is hidden, so that one list can have shapes with different schemas. */
export interface MessageShape extends ShapePatterns {
  /** Throws INVALID_ARGUMENT with the violations of the schema. */
  readonly translate: (data: unknown) => { readonly identity: string; readonly command: CommandFields };
}

/**
 * Shapes by name. The operation ids of a shape begin with its name, so a name must not change while its messages are
 * delivered. It has at most 100 visible ASCII characters, and no colon.
 */
export type MessageShapes = Readonly<Record<string, MessageShape>>;

/** Returns the shape of a definition. */
export function messageShape<S extends z.ZodMiniObject>(definition: ShapeDefinition<S>): MessageShape {
  const { reads, ignores, identity, command } = definition;
  const schema = lazy(definition.schema);
  return {
    reads,
    ignores,
    translate: (input) => {
      const violations = new Violations();
      const data = parseDocument(schema(), plainNumbers(input), violations, {
        required: 'is required',
        unknown: () => 'is not a known field',
        invalid: en().localeError,
      });
      if (data === undefined) throw invalidArgument(violations);
      const parts = identity(data);
      return { identity: typeof parts === 'string' ? parts : JSON.stringify(parts), command: command(data) };
    },
  };
}

/** Translates data of another sender to the fields of a command of the connector's own shape. */
export type Translate = (data: unknown) => Readonly<Record<string, unknown>>;

/** Returns how to translate the data. `ignored` if a shape ignores it, undefined if no shape reads or ignores it. */
export function findShape(data: unknown, shapes: MessageShapes): Translate | 'ignored' | undefined {
  const entry = Object.entries(shapes).find(([, { reads }]) => matchesPattern(reads, data));
  if (entry === undefined) {
    const isIgnored = Object.values(shapes).some(
      ({ ignores }) => ignores !== undefined && matchesPattern(ignores, data),
    );
    return isIgnored ? 'ignored' : undefined;
  }
  const [name, shape] = entry;
  return (data) => {
    const { identity, command } = shape.translate(data);
    // As JSON, the command has no undefined fields. Its dead letter and its replay have the same fields then.
    const fields = JSON.parse(JSON.stringify(command)) as Readonly<Record<string, unknown>>;
    return { ...fields, operationId: namespacedOperationId(name, identity) };
  };
}

function matchesPattern(pattern: DataPattern, data: unknown): boolean {
  if (!isJsonObject(data)) return false;
  return Object.entries(pattern).every(([field, expected]) => {
    const value = Object.hasOwn(data, field) ? data[field] : undefined;
    if (typeof value !== 'string') return false;
    // `search` starts at the first character, also for an expression with the flag g.
    return typeof expected === 'string' ? value === expected : value.search(expected) >= 0;
  });
}
