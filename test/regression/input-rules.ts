/** The inputs of an operation by the catalog's rules. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import type { Operation } from '../../shared/catalog/types.ts';
import { REQUEST_LIMITS } from '../../shared/operations/request/limits.ts';
import type { InputRules } from '../../shared/operations/request/params/params.ts';

export const catalog = catalogFiles(path.resolve('shared/catalog'));

export function rules(entity: string, operation: Operation, strict = true): InputRules {
  const row = catalog.entity(entity).operations[operation];
  assert.ok(row);
  const kind = operation === 'Update' ? 'update' : 'create';
  return { entity, fields: row.params, kind, strict, limits: REQUEST_LIMITS };
}
