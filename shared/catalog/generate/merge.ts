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

/** Returns a type that describes the values of both types. */
function mergedType(fieldType: FieldType, other: FieldType): FieldType {
  if (JSON.stringify(fieldType) === JSON.stringify(other)) return fieldType;
  const both = [fieldType, other];
  if (both.includes('string') && both.every(isTextType)) return 'string';
  // One member of the union contains only the id of an object. Another member contains the id or the expanded object.
  const reference = both.find((candidate) => typeof candidate === 'object' && 'reference' in candidate);
  if (reference !== undefined && both.includes('string')) return reference;
  if (typeof fieldType === 'string' || typeof other === 'string') return 'json';
  if ('enum' in fieldType && 'enum' in other) return { enum: [...new Set([...fieldType.enum, ...other.enum])].sort() };
  // The field may contain several kinds of objects (`event.data`). Only a value shows which kind it is.
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
