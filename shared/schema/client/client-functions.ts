/** The functions that a client calls in place of `execute-action` and the five entity functions. */
import { callableOf, type FunctionRow } from '../../catalog/function-rows.ts';
import type { Operation } from '../../catalog/types.ts';
import type { Discovery } from '../discovery.ts';
import { operationPayload, restrictPayload } from '../function-payload.ts';
import type { JsonSchema } from '../json-schema.ts';

/** Returns the name of the function of each action that has its own function. */
export function ownFunctions(rows: readonly FunctionRow[]): ReadonlyMap<string, string> {
  return new Map(
    rows.flatMap((definition): [action: string, name: string][] => {
      const callable = callableOf(definition, rows);
      return callable?.kind === 'action' ? [[callable.action, definition.name]] : [];
    }),
  );
}

/**
 * Returns the restricted function that the client calls for an action, by action. An action has an entry if neither the
 * unrestricted function nor a function for this action alone exposes it. Throws if two restricted functions expose the
 * same action, because the client could not choose between them.
 */
export function restrictedActions(rows: readonly FunctionRow[]): ReadonlyMap<string, FunctionRow> {
  const byAction = new Map<string, FunctionRow>();
  const functionByAction = ownFunctions(rows);
  for (const definition of rows) {
    const callable = callableOf(definition, rows);
    const exposed = rows.find(({ name }) => name === definition.restricts)?.actions ?? [];
    const names = callable?.kind === 'actions' ? (callable.names ?? []) : [];
    for (const action of names.filter((name) => !exposed.includes(name) && !functionByAction.has(name))) {
      const other = byAction.get(action);
      if (other !== undefined)
        throw new Error(
          `functions/manifest.json: ${other.name} and ${definition.name} both expose ${action}; remove it from one of them`,
        );
      byAction.set(action, definition);
    }
  }
  return byAction;
}

/** A function that is restricted to an operation of some entities. */
export interface RestrictedOperation {
  readonly name: string;
  readonly operation: Operation;
  readonly entities: readonly {
    readonly entity: string;
    /** The input of a Create or Update. Undefined if the function does not restrict it. */
    readonly input: JsonSchema | undefined;
  }[];
}

/** Returns the functions that are restricted to an operation of at least one of the entities. */
export function restrictedOperations(
  entities: readonly string[],
  rows: readonly FunctionRow[],
  discovery: Discovery,
): readonly RestrictedOperation[] {
  return rows.flatMap((definition) => {
    const callable = callableOf(definition, rows);
    if (callable?.kind !== 'operation') return [];
    const { operation, names = [], inputs } = callable;
    const restrictedInput = (entity: string): JsonSchema | undefined => {
      const payload = operationPayload(discovery.entity(entity), operation);
      return payload === undefined || inputs === undefined ? undefined : restrictPayload(payload, inputs);
    };
    const selected = names
      .filter((entity) => entities.includes(entity))
      .map((entity) => ({ entity, input: restrictedInput(entity) }));
    return selected.length === 0 ? [] : [{ name: definition.name, operation, entities: selected }];
  });
}
