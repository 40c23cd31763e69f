import type { FunctionRow } from '../../shared/catalog/function-rows.ts';

export function sampleRequests(
  row: FunctionRow,
  source: string,
  readCatalog: (file: string) => unknown,
): readonly { readonly path: string; readonly body: Readonly<Record<string, unknown>> }[];
