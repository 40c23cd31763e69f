/** The connector's HTTP functions in this process, behind the real framework: no build, no port to choose. */
import { readFileSync } from 'node:fs';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import type { Operation } from '../../shared/catalog/types.ts';
import {
  defineActionFunction,
  defineEntityFunction,
  defineExecuteActionFunction,
} from '../../shared/http/define-function.ts';
import type { HttpFunction } from '../../shared/http/endpoint.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { StripeTransport } from '../../shared/stripe/transport.ts';
import { testConnector, type TestConnector, type TestOptions } from './connector.ts';
import { serve } from './in-process.ts';

export interface TestAppOptions<S extends StripeTransport> extends Omit<TestOptions, 'clock' | 'stripe'> {
  readonly stripe: S;
  /** The clock of the machine by default. A VirtualClock stands still until the test advances it. */
  readonly clock?: Clock;
}

export interface TestResponse {
  readonly status: number;
  /** Names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface TestApp<S extends StripeTransport> {
  readonly stripe: S;
  readonly connector: TestConnector;
  /** Sends JSON to a function by its path, such as `/create-entity` or `/confirm-payment-intent`. */
  post(path: string, body: object, headers?: Readonly<Record<string, string>>): Promise<TestResponse>;
}

const OPERATIONS: readonly Operation[] = ['List', 'Get', 'Create', 'Update', 'Delete'];

export function createTestApp<S extends StripeTransport>(options: TestAppOptions<S>): TestApp<S> {
  const connector = testConnector({ clock: systemClock, ...options });
  return {
    stripe: options.stripe,
    connector,
    async post(path, body, headers = {}) {
      const server = await serve(functionAt(path, () => connector));
      try {
        const response = await fetch(server.url + path, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify(body),
        });
        return {
          status: response.status,
          headers: Object.fromEntries(response.headers),
          body: (await response.json()) as Record<string, unknown>,
        };
      } finally {
        await server.close();
      }
    },
  };
}

/** The function that functions/manifest.json deploys under the name of the path. */
function functionAt(path: string, connector: () => TestConnector): HttpFunction {
  const { source } = manifestEntry(path.slice(1));
  const [folder, file = ''] = source.replace('.ts', '').split('/');
  if (file === 'execute-action') return defineExecuteActionFunction(connector);
  if (folder === 'actions') return defineActionFunction(connector, pascalCase(file));
  const operation = OPERATIONS.find((name) => name.toLowerCase() === file);
  if (operation === undefined) throw new Error(`createTestApp does not serve ${path}: it serves actions and entities`);
  return defineEntityFunction(connector, operation);
}

function manifestEntry(name: string): { readonly source: string } {
  const { functions } = JSON.parse(readFileSync('functions/manifest.json', 'utf8')) as {
    functions: { name: string; source?: string }[];
  };
  const source = functions.find((entry) => entry.name === name)?.source;
  if (source === undefined) throw new Error(`functions/manifest.json has no function ${name} with a source of its own`);
  return { source };
}

function pascalCase(kebab: string): string {
  return kebab.replace(/(?:^|-)(.)/g, (_match, letter: string) => letter.toUpperCase());
}
