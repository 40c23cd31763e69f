import { definedFields } from '../../defined-fields.ts';
import type { Field, Fields, FieldType } from '../types.ts';

/** Merges the fields of a union's members. A field that only some members have becomes optional. */
export function mergedFields(members: readonly Fields[]): Fields {
  const names = [...new Set(members.flatMap((fields) => Object.keys(fields)))];
  return Object.fromEntries(
    names.map((name): [string, Field] => {
      const sameName = members.flatMap((fields) => fields[name] ?? []);
      const optional = sameName.length < members.length || sameName.some((field) => field.optional);
      const nullable = optional || sameName.some((field) => field.nullable);
      return [
        name,
        definedFields({
          type: sameName.map(({ type }) => type).reduce(mergedType),
          nullable: nullable ? true : undefined,
          optional: optional ? true : undefined,
          inlined: sameName.some((field) => field.inlined) ? true : undefined,
        }),
      ];
    }),
  );
}

function mergedType(fieldType: FieldType, other: FieldType): FieldType {
  if (JSON.stringify(fieldType) === JSON.stringify(other)) return fieldType;
  const both = [fieldType, other];
  if (both.some((fieldType) => fieldType === 'string') && both.every(isTextType)) return 'string';
  // One member of the union may only have the id of a referenced object.
  const reference = both.find((fieldType) => typeof fieldType === 'object' && 'reference' in fieldType);
  if (reference !== undefined && both.some((fieldType) => fieldType === 'string')) return reference;
  if (typeof fieldType === 'string' || typeof other === 'string') return 'json';
  if ('enum' in fieldType && 'enum' in other) return { enum: [...new Set([...fieldType.enum, ...other.enum])].sort() };
  // Several kinds of objects in one place (`event.data`): only the value shows which one it is.
  return 'json';
}

function isTextType(fieldType: FieldType): boolean {
  return (
    fieldType === 'string' || (typeof fieldType === 'object' && 'enum' in fieldType && fieldType.enum.every(isString))
  );
}

function isString(value: unknown): boolean {
  return typeof value === 'string';
}
