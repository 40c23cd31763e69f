import type { Request } from '@google-cloud/functions-framework';
import type { Connector } from '../operations/connector.ts';
import type { FunctionRow } from '../catalog/function-rows.ts';
import type { AccessLevel } from './access.ts';

/** One request for a page of the connection. */
export interface RouteContext {
  readonly connector: Connector;
  readonly request: Request;
  /** Rows of the manifest. */
  readonly functions: readonly FunctionRow[];
  /** The part of the path that the pattern caught, decoded. */
  readonly part: string;
}

/** A page that is read: what its path is, what it needs, what it answers. */
export type ManagementRoute = readonly [RegExp, AccessLevel, (routeContext: RouteContext) => unknown];
