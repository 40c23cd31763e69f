/** Schemas of `connectorInputPayload` of a function. */
import type { FunctionInputs } from '../catalog/function-rows.ts';
import type { Operation } from '../catalog/types.ts';
import { definedFields } from '../defined-fields.ts';
import type { EntityDescriptor } from './entity.ts';
import type { JsonSchema } from './json-schema.ts';
import { withOptionalParents } from './object-ids.ts';

/** Returns the payload of an operation. Parents are optional where `entityId` may contain them. */
export function operationPayload(
  { payloads, parents }: EntityDescriptor,
  operation: Operation,
): JsonSchema | undefined {
  const { [operation]: payload } = payloads;
  const hasEntityId = operation !== 'Create' && operation !== 'List';
  return hasEntityId && payload !== undefined ? withOptionalParents(payload, parents[operation] ?? []) : payload;
}

/**
 * Returns the payload with only the inputs that a restricted function accepts. The inputs that the function requires are
 * required. If `inputs` is undefined, returns the payload unchanged.
 */
export function restrictPayload(payload: JsonSchema, inputs: FunctionInputs | undefined): JsonSchema {
  if (inputs === undefined) return payload;
  if (payload.anyOf !== undefined) return { ...payload, anyOf: restrictAlternatives(payload.anyOf, inputs) };
  const properties = Object.entries(payload.properties ?? {})
    .filter(([name]) => Object.hasOwn(inputs, name))
    .map(([name, property]): [string, JsonSchema] => [name, restrictInput(property, inputs[name] ?? {})]);
  const requiredInputs = Object.keys(inputs).filter((name) => inputs[name]?.required === true);
  const required = [...new Set([...(payload.required ?? []), ...requiredInputs])];
  return definedFields({
    ...payload,
    properties: Object.fromEntries(properties),
    required: required.length === 0 ? undefined : required,
  });
}

/** Restricts the payloads of an operation with several paths. Omits payloads without a required input, unless all lack it. */
function restrictAlternatives(payloads: readonly JsonSchema[], inputs: FunctionInputs): readonly JsonSchema[] {
  const restricted = payloads.map((payload) => restrictPayload(payload, inputs));
  const possible = restricted.filter(({ properties = {}, required = [] }) =>
    required.every((name) => Object.hasOwn(properties, name)),
  );
  return possible.length === 0 ? restricted : possible;
}

/** Applies `required` and `maximum` of a restricted function to the schema of an input. */
function restrictInput(schema: JsonSchema, { required, maximum }: FunctionInputs[string]): JsonSchema {
  const restricted = required === true ? withoutNull(schema) : schema;
  return maximum === undefined ? restricted : { ...restricted, maximum };
}

/** Returns a schema that rejects null, because the function rejects null for a required input. */
function withoutNull(schema: JsonSchema): JsonSchema {
  if (typeof schema.type === 'object') {
    const [type = 'null', ...more] = schema.type.filter((name) => name !== 'null');
    return { ...schema, type: more.length === 0 ? type : [type, ...more] };
  }
  if (schema.enum !== undefined) return { ...schema, enum: schema.enum.filter((value) => value !== null) };
  if (schema.anyOf !== undefined) return { ...schema, anyOf: schema.anyOf.filter(({ type }) => type !== 'null') };
  return schema;
}
