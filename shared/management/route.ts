import type { Request } from '@google-cloud/functions-framework';
import type { FunctionRow } from '../catalog/function-rows.ts';
import type { AccessLevel } from './access.ts';
import type { Administrable } from './admin/method.ts';

/** One GET request to a route of the connection. */
export interface RouteContext {
  readonly connector: Administrable;
  readonly request: Request;
  /** Entries of the manifest. */
  readonly functions: readonly FunctionRow[];
  /** The path segment that the pattern captured, decoded. */
  readonly part: string;
}

/** A GET route: path pattern, required access level, and the function that returns its JSON. */
export type ManagementRoute = readonly [RegExp, AccessLevel, (routeContext: RouteContext) => unknown];
