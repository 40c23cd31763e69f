/** The inputs of an operation by the catalog's rules. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import type { Operation } from '../../shared/catalog/types.ts';
import { type InputRules } from '../../shared/operations/request/params/params.ts';

export const catalog = catalogFiles(path.resolve('shared/catalog'));

export function rules(entity: string, operation: Operation, strict = true): InputRules {
  const row = catalog.entity(entity).operations[operation];
  assert.ok(row);
  return { entity, fields: row.params, kind: operation === 'Update' ? 'update' : 'create', strict };
}
