/** The catalog and the inputs of an operation, for tests of bounds. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import { REQUEST_LIMITS } from '../../shared/operations/request/limits.ts';
import type { InputRules } from '../../shared/operations/request/params/params.ts';
import { ConnectorError, errorBody } from '../../shared/errors.ts';

export const catalog = catalogFiles(path.resolve('shared/catalog'));

export function rules(entity: string, more: Partial<InputRules> = {}): InputRules {
  const row = catalog.entity(entity).operations.Create;
  assert.ok(row);
  return { entity, fields: row.params, kind: 'create', strict: true, limits: REQUEST_LIMITS, ...more };
}

export function told(error: ConnectorError): { field: string; description: string }[] {
  const details = errorBody(error).error['details'] as { fieldViolations?: { field: string; description: string }[] }[];
  return details.flatMap(({ fieldViolations = [] }) => fieldViolations);
}

export const names = (count: number, name: string): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${name}${index}`, 1]));
