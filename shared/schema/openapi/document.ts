import type { FunctionRow } from '../../catalog/function-rows.ts';
import type { Discovery } from '../discovery.ts';
import { functionPaths } from './function-paths.ts';
import { actionPaths, entityPaths } from './rest-paths.ts';
import { ERROR, type Schema } from './schemas.ts';

export interface DocumentOptions {
  /** The address of the connection, without a trailing slash. */
  readonly address: string;
  /** `projects/P/locations/L/connections/C` */
  readonly connection: string;
  /** All functions have the server of the connection, as in local development. */
  readonly local: boolean;
  readonly functions: readonly FunctionRow[];
}

export interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, unknown>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>>; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

const VERSION = '1';

/**
 * Returns an OpenAPI 3.1 document of these entities and actions in the connection's runtime API, and of the functions.
 */
export function openApi(
  discovery: Discovery,
  chosen: { readonly entities: readonly string[]; readonly actions: readonly string[] },
  documentOptions: DocumentOptions,
): Document {
  const parts = [
    ...chosen.entities.map((name) => entityPaths(discovery.entity(name), discovery.limits)),
    ...chosen.actions.map((name) => actionPaths(discovery.action(name))),
  ];
  const own = functionPaths(documentOptions.functions, discovery, (name) => serversOf(name, documentOptions));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Stripe connector',
      version: VERSION,
      description:
        'Every entity and action through the connection. Writes there need the setting expose: all; functions have invokers of their own.',
    },
    servers: [{ url: `${documentOptions.address}/v2/${documentOptions.connection}` }],
    security: [{ google: [] }],
    paths: Object.assign({}, ...parts.map(({ paths }) => paths), own) as Document['paths'],
    components: {
      schemas: {
        Error: ERROR,
        ...(Object.assign({}, ...parts.map(({ schemas }) => schemas)) as Record<string, Schema>),
      },
      securitySchemes: {
        google: {
          type: 'http',
          scheme: 'bearer',
          description: "a Google ID token whose audience is the function's address; not required in local development",
        },
      },
    },
  };
}

function serversOf(name: string, { local, address }: DocumentOptions): object[] {
  if (local) return [{ url: address }];
  const host = {
    default: `${name}.example.run.app`,
    description: "the function's own host: terraform output addresses",
  };
  return [{ url: 'https://{host}', variables: { host } }];
}
