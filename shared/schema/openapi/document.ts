import type { FunctionRow } from '../../catalog/function-rows.ts';
import type { Discovery } from '../discovery.ts';
import { functionPaths } from './function-paths.ts';
import { actionPaths, entityPaths } from './rest-paths.ts';
import { ERROR, type Schema } from './schemas.ts';

export interface DocumentOptions {
  /** The connection's own address, without a slash at the end. */
  readonly address: string;
  /** `projects/P/locations/L/connections/C` */
  readonly connection: string;
  /** All functions stand on the connection's server: the local one. */
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

/** OpenAPI 3.1 of these entities and actions, through the connection's runtime API; and of the functions. */
export function openApi(
  discovery: Discovery,
  chosen: { readonly entities: readonly string[]; readonly actions: readonly string[] },
  documentOptions: DocumentOptions,
): Document {
  const parts = [
    ...chosen.entities.map((name) => entityPaths(discovery.entity(name))),
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
          description: "a Google ID token whose audience is the function's address; a laptop asks for none",
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
