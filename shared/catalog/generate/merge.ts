import type { Field, Fields, Shape } from '../types.ts';

/** The fields of a union: those of each member. What one member does not have, Stripe may leave out. */
export function mergedFields(members: readonly Fields[]): Fields {
  const names = [...new Set(members.flatMap((fields) => Object.keys(fields)))];
  return Object.fromEntries(
    names.map((name): [string, Field] => {
      const found = members.flatMap((fields) => fields[name] ?? []);
      const optional = found.length < members.length || found.some((field) => field.optional);
      const nullable = optional || found.some((field) => field.nullable);
      return [
        name,
        {
          type: found.map(({ type }) => type).reduce(mergedShape),
          ...(nullable ? { nullable: true } : {}),
          ...(optional ? { optional: true } : {}),
          ...(found.some((field) => field.inlined) ? { inlined: true } : {}),
        },
      ];
    }),
  );
}

function mergedShape(one: Shape, other: Shape): Shape {
  if (JSON.stringify(one) === JSON.stringify(other)) return one;
  const both = [one, other];
  if (both.some((shape) => shape === 'string') && both.every(isText)) return 'string';
  // One member may have the id alone.
  const reference = both.find((shape) => typeof shape === 'object' && 'reference' in shape);
  if (reference !== undefined && both.some((shape) => shape === 'string')) return reference;
  if (typeof one === 'string' || typeof other === 'string') return 'json';
  if ('enum' in one && 'enum' in other) return { enum: [...new Set([...one.enum, ...other.enum])].sort() };
  // Several kinds of object in one place (`event.data`): which one it is, only the value tells.
  return 'json';
}

function isText(shape: Shape): boolean {
  return shape === 'string' || (typeof shape === 'object' && 'enum' in shape && shape.enum.every(isString));
}

function isString(value: unknown): boolean {
  return typeof value === 'string';
}
