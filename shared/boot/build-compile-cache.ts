/**
 * Builds the compile cache of a function: `node build-compile-cache.cjs` in the function's folder. Google's buildpack
 * runs it during the deployment (`gcp-build`) with the Node version that will run the function. It sends sample requests
 * to the function, with fake Google services and a fake Stripe in this process, and writes the code that V8 compiled.
 * https://cloud.google.com/docs/buildpacks/nodejs#executing_custom_build_steps_during_deployment
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { firestoreResponse, secretResponse } from './stand-in.ts';
import { enableCompileCache, writeCompileCache } from './compile-cache.ts';

/** The function's entry point, and the sample requests to send. The build replaces `SAMPLE` with these values. */
declare const SAMPLE: {
  readonly entryPoint: string;
  readonly requests: readonly { readonly path: string; readonly body: object }[];
};

interface Framework {
  http(name: string, handler: unknown): void;
}
interface Testing {
  getTestServer(name: string): http.Server;
}

const CUSTOMER = {
  id: 'sample_1',
  object: 'customer',
  email: 'sample@example.com',
  livemode: false,
  data: [],
  has_more: false,
};

/**
 * Returns a response of Secret Manager or Firestore by the URL. Any other request, such as one to Stripe, gets a
 * customer.
 */
function fakeResponse(url: string, body: string): object {
  if (url.includes('/secrets/')) return secretResponse('sk_test_sample');
  return firestoreResponse(url, body, new Date()) ?? CUSTOMER;
}

async function startFakeServices(): Promise<string> {
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify(fakeResponse(request.url ?? '', body)));
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return `127.0.0.1:${port}`;
}

/**
 * Sends a sample request with node:http, which the server of this process has loaded. `fetch` would load another
 * client.
 */
function postSample(port: number, path: string, body: object): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const request = http.request({ host: '127.0.0.1', port, path, method: 'POST', headers }, (response) =>
      response.resume().once('end', resolve),
    );
    request.once('error', reject);
    request.end(JSON.stringify(body));
  });
}

/**
 * Loads every other module a second time, after the cache is enabled. Node adds the code of a module to the cache right
 * after compiling it, before any of its functions is called. The first load would therefore add only the top level of
 * each file. V8 keeps the code of the first load in memory, with all functions that the samples called, so the second
 * load adds this code.
 * https://v8.dev/blog/code-caching-for-devs
 */
function loadAgain(): void {
  const files = Object.keys(require.cache).filter((file) => file !== __filename);
  for (const file of files) Reflect.deleteProperty(require.cache, file);
  // oxlint-disable-next-line typescript/no-require-imports -- the modules of the first load, by their paths
  for (const file of files) require(file);
}

async function buildCompileCache(): Promise<void> {
  const host = await startFakeServices();
  Object.assign(process.env, {
    FIRESTORE_EMULATOR_HOST: host,
    SECRET_MANAGER_EMULATOR_HOST: host,
    PUBSUB_EMULATOR_HOST: host,
    STRIPE_API_BASE: `http://${host}`,
    // By default a function permits nothing that the settings leave unset, so these settings permit what the samples
    // call.
    CONNECTION_SETTINGS: JSON.stringify({
      api_key: 'projects/p/secrets/s/versions/latest',
      verbosity: '1',
      dead_letter_topic: 'projects/p/topics/dead-letters',
      automation_allowlist: ['Customer.Get'],
      tools_allowlist: ['Balance.Get'],
      operations_allowlist: ['*'],
    }),
  });
  delete process.env['K_SERVICE'];
  // oxlint-disable-next-line typescript/no-require-imports -- the file is next to this one, not in its bundle
  const bundle = require('./index.cjs') as Record<string, unknown>;
  // oxlint-disable-next-line typescript/no-require-imports -- the package is not in this bundle
  const framework = require('@google-cloud/functions-framework') as Framework;
  // oxlint-disable-next-line typescript/no-require-imports -- as above
  const testing = require('@google-cloud/functions-framework/testing') as Testing;
  framework.http(SAMPLE.entryPoint, bundle[SAMPLE.entryPoint]);
  const server = testing.getTestServer(SAMPLE.entryPoint);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  for (const { path, body } of SAMPLE.requests) await postSample(port, path, body);
  enableCompileCache(__dirname);
  loadAgain();
  writeCompileCache(__dirname);
  process.exit();
}

buildCompileCache().catch((cause: unknown) => {
  // Without a cache a function only starts more slowly, so a failure must not fail the deployment.
  process.stderr.write(
    `the compile cache could not be written, so the function starts without it: ${cause instanceof Error ? (cause.stack ?? '') : String(cause)}\n`,
  );
  process.exit();
});
