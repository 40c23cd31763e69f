/**
 * `node make-cache.cjs` in a function's folder, by the Node that will run it: does what the function does once, against
 * stand-ins in this process, and keeps what V8 compiled meanwhile. Google's buildpack runs it where the function is
 * deployed (`gcp-build`). https://cloud.google.com/docs/buildpacks/nodejs#executing_custom_build_steps_during_deployment
 */
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { firestoreAnswer, secretAnswer } from './stand-in.ts';
import { cacheOf, load, scripts } from './start.ts';

/** The framework's name of the function, and bodies that it is sent: filled in by the build. */
declare const SAMPLE: { readonly entryPoint: string; readonly path: string; readonly bodies: readonly object[] };

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

/** Secret Manager, Firestore and Stripe, as far as a sample asks them. */
function answerOf(url: string, body: string): object {
  if (url.includes('/secrets/')) return secretAnswer('sk_test_sample');
  return firestoreAnswer(url, body, new Date()) ?? CUSTOMER;
}

async function standIn(): Promise<string> {
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify(answerOf(request.url ?? '', body)));
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return `127.0.0.1:${port}`;
}

async function make(): Promise<void> {
  const host = await standIn();
  Object.assign(process.env, {
    FIRESTORE_EMULATOR_HOST: host,
    SECRET_MANAGER_EMULATOR_HOST: host,
    PUBSUB_EMULATOR_HOST: host,
    STRIPE_API_BASE: `http://${host}`,
    // A function is closed: what the samples ask for is named.
    CONNECTION_SETTINGS: JSON.stringify({
      api_key: 'projects/p/secrets/s/versions/latest',
      verbosity: '1',
      dead_letter_topic: 'projects/p/topics/dead-letters',
      automation_allow: ['Customer.Get'],
      tools_allow: ['Balance.Get'],
    }),
  });
  delete process.env['K_SERVICE'];
  const main = load('main.cjs') as Record<string, unknown>;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- it stands beside the function, not in a bundle
  const framework = require('@google-cloud/functions-framework') as Framework;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- as above
  const testing = require('@google-cloud/functions-framework/testing') as Testing;
  framework.http(SAMPLE.entryPoint, main[SAMPLE.entryPoint]);
  const server = testing.getTestServer(SAMPLE.entryPoint);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  for (const body of SAMPLE.bodies)
    await fetch(`http://127.0.0.1:${port}${SAMPLE.path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).then((answer) => answer.text());
  for (const [file, script] of scripts) writeFileSync(cacheOf(file), script.createCachedData());
  process.exit();
}

make().catch((cause: unknown) => {
  // A function without it works as well, and starts slower: no reason to fail a deployment.
  process.stderr.write(`no code cache was made: ${cause instanceof Error ? (cause.stack ?? '') : String(cause)}\n`);
  process.exit();
});
