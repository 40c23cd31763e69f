/** What every table of the sandbox's behaviours shares: a sandbox of its own, the official SDK, a sentence with its page. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Stripe from 'stripe';
import { collected, isCollecting, isOnPage, MODELLED } from './modelled.ts';
import { SANDBOX_KEY, startSandbox, type Sandbox, type SandboxOptions } from '../../shared/sandbox/server.ts';

export interface Double {
  readonly sandbox: Sandbox;
  readonly stripe: Stripe;
  /** A client with other options, such as `apiVersion`. */
  readonly sdk: (options?: Record<string, unknown>) => Stripe;
  /** A request without the SDK. */
  readonly raw: (method: string, path: string, form?: string, headers?: Record<string, string>) => Promise<Raw>;
}

export interface Raw {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown> & { readonly error?: Record<string, unknown> };
}

/** A sandbox for each file that imports a module. */
export interface SandboxOfEachFile {
  /** Each file calls it once: the hooks that start and close a sandbox belong to the file that registers them. */
  readonly open: () => void;
  /** The sandbox of the file that runs. */
  readonly double: () => Double;
}

/** One sandbox for a file of tests, with ids that are the same in every run. */
export function ownSandbox(options: SandboxOptions = {}): () => Double {
  const { open, double } = sandboxOfEachFile(options);
  open();
  return double;
}

/** For a module that several files import. Files that share a process load it once. */
export function sandboxOfEachFile(options: SandboxOptions = {}): SandboxOfEachFile {
  let double: Double | undefined;
  const open = (): void => {
    if (isCollecting) return;
    before(async () => {
      const sandbox = await startSandbox({ seed: 7, ...options });
      const { hostname, port } = new URL(sandbox.url);
      const sdk = (more: Record<string, unknown> = {}): Stripe =>
        new Stripe(SANDBOX_KEY, {
          host: hostname,
          port: Number(port),
          protocol: 'http',
          telemetry: false,
          maxNetworkRetries: 0,
          ...more,
        });
      const raw: Double['raw'] = async (method, path, form, headers = {}) => {
        const response = await fetch(sandbox.url + path, {
          method,
          headers: {
            authorization: `Bearer ${SANDBOX_KEY}`,
            'content-type': 'application/x-www-form-urlencoded',
            ...headers,
          },
          ...(form === undefined ? {} : { body: form }),
        });
        return { status: response.status, headers: response.headers, body: (await response.json()) as Raw['body'] };
      };
      double = { sandbox, stripe: sdk(), sdk, raw };
    });
    after(() => double?.sandbox.close());
  };
  return {
    open,
    double: () => {
      assert.ok(double);
      return double;
    },
  };
}

/** A behaviour that Stripe documents on a page of https://docs.stripe.com: `MODELLED.md` lists each. */
export function documented(page: string, behaviour: string, run: () => Promise<void>): void {
  if (collected(page, behaviour)) return;
  void test(`${behaviour} (https://docs.stripe.com${page})`, async () => {
    assert.ok(isOnPage(page, behaviour), `${MODELLED} does not have it: npm run modelled`);
    await run();
  });
}

/** The error of a call that must fail, with these fields of the SDK's error. */
export async function rejected(
  call: Promise<unknown>,
  facts: Readonly<Record<string, unknown>> = {},
): Promise<Record<string, unknown>> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof Stripe.errors.StripeError, `not rejected: ${String(error)}`);
  const fields = error as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(facts)) {
    if (value instanceof RegExp) assert.match(String(fields[name]), value);
    else assert.equal(fields[name], value, `${name}: ${error.message}`);
  }
  return fields;
}
