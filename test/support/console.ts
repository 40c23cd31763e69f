/** The function `connection` as the console calls it. */
import { systemClock } from '../../shared/adapters/system-clock.ts';
import { managementFunction } from '../../shared/management/function.ts';
import { testConnector, type TestOptions } from './connector.ts';
import { fakeStripe } from './fake-stripe.ts';
import { serve } from './in-process.ts';

interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

interface Console {
  readonly connector: ReturnType<typeof testConnector>;
  readonly get: (path: string) => Promise<Reply>;
  readonly post: (path: string, body?: unknown) => Promise<Reply>;
}

/** Runs a test against the function `connection`. */
export async function withConsole(
  options: Partial<TestOptions>,
  run: (console: Console) => Promise<void>,
  changed: object = {},
): Promise<void> {
  const stripe = fakeStripe(() => ({ id: 'cus_1', object: 'customer' }));
  const connector = testConnector({ clock: systemClock, stripe, ...options });
  const built = { ...connector, ...changed, explorerPage: () => '' };
  const server = await serve(managementFunction(() => built, []));
  const reply = async (response: Response): Promise<Reply> => ({
    status: response.status,
    body: (await response.json()) as Record<string, unknown>,
  });
  try {
    await run({
      connector,
      get: async (path) => reply(await fetch(`${server.url}${path}`)),
      post: async (path, body = {}) =>
        reply(
          await fetch(`${server.url}${path}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          }),
        ),
    });
  } finally {
    await server.close();
  }
}
