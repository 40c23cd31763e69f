import type { Descriptions } from '../catalog/descriptions.ts';
import { REQUEST_LIMITS, type RequestLimits } from '../operations/request/limits.ts';

/** What the schemas of a connection depend on, in addition to the catalog. */
export interface SchemaContext {
  readonly limits: RequestLimits;
  /** Undefined in functions without the descriptions. */
  readonly descriptions?: Descriptions | undefined;
}

/** The context of a connection with the default limits, without descriptions. */
export const DEFAULT_SCHEMA_CONTEXT: SchemaContext = { limits: REQUEST_LIMITS };
