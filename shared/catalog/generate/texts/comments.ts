import ts from 'typescript';
import type { Fields, FieldType } from '../../types.ts';
import { commentOf, members } from '../type-parts.ts';

/** The comment on a field, and the comments on its inner fields. The values of a map have the name `*`. */
export interface CommentTree {
  readonly comment: string;
  readonly inner: Readonly<Record<string, CommentTree>>;
}

/**
 * Returns the SDK's comments on fields, in the structure of the fields. `declared` has the SDK's types that declare
 * these fields: one type, or several for a union.
 */
export function commentsOn(
  checker: ts.TypeChecker,
  fields: Fields,
  declared: readonly ts.Type[],
): Readonly<Record<string, CommentTree>> {
  const types = declared.flatMap((type) => objectsIn(checker, type));
  return Object.fromEntries(
    Object.entries(fields).map(([name, { type }]) => {
      const symbols = types.flatMap((owner) => owner.getProperty(name) ?? []);
      const comment = symbols.map((symbol) => commentOf(checker, symbol)).find((text) => text !== '') ?? '';
      const innerTypes = symbols.map((symbol) => checker.getTypeOfSymbol(symbol));
      return [name, { comment, inner: commentsInside(checker, type, innerTypes) }];
    }),
  );
}

function commentsInside(
  checker: ts.TypeChecker,
  fieldType: FieldType,
  declared: readonly ts.Type[],
): Readonly<Record<string, CommentTree>> {
  if (typeof fieldType === 'string') return {};
  if ('object' in fieldType) return commentsOn(checker, fieldType.object, declared);
  if ('array' in fieldType) return commentsInside(checker, fieldType.array, declared);
  if ('map' in fieldType) return { '*': { comment: '', inner: commentsInside(checker, fieldType.map, declared) } };
  if (!('anyOf' in fieldType)) return {};
  return Object.assign({}, ...fieldType.anyOf.map((each) => commentsInside(checker, each, declared))) as Readonly<
    Record<string, CommentTree>
  >;
}

/** Returns the object types that a type may be or contain: members of unions, items of lists, values of maps. */
function objectsIn(checker: ts.TypeChecker, type: ts.Type): readonly ts.Type[] {
  if (type.isUnion()) return members(type).flatMap((part) => objectsIn(checker, part));
  if (checker.isArrayType(type))
    return checker.getTypeArguments(type as ts.TypeReference).flatMap((item) => objectsIn(checker, item));
  const values = checker.getIndexTypeOfType(type, ts.IndexKind.String);
  if (values !== undefined && type.getProperties().length === 0) return objectsIn(checker, values);
  return (type.flags & ts.TypeFlags.Object) === 0 && !type.isIntersection() ? [] : [type];
}
