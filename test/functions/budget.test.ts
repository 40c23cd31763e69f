/** What a function is made of, how much of it there is, and what it does when it is loaded: nothing but what is written here. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const { functions } = JSON.parse(readFileSync('functions/manifest.json', 'utf8')) as { functions: { name: string }[] };
const names = functions.map(({ name }) => name);
const inputs = JSON.parse(readFileSync('build/inputs.json', 'utf8')) as Record<string, string[]>;

/** The packages of which something is left in a bundle. */
function packagesOf(bundle: string): string[] {
  const found = (inputs[bundle] ?? []).flatMap((file) => {
    const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file) ?? [];
    return name === undefined ? [] : [name];
  });
  return [...new Set(found)].sort();
}

const KNOWN: Readonly<Record<string, readonly string[]>> = {
  main: ['zod'],
  'lazy/google': [
    '@google-cloud/firestore',
    '@google-cloud/pubsub',
    '@google-cloud/secret-manager',
    '@protobufjs/aspromise',
    '@protobufjs/base64',
    '@protobufjs/codegen',
    '@protobufjs/eventemitter',
    '@protobufjs/fetch',
    '@protobufjs/float',
    '@protobufjs/path',
    '@protobufjs/pool',
    '@protobufjs/utf8',
    'agent-base',
    'base64-js',
    'bignumber.js',
    'buffer-equal-constant-time',
    'data-uri-to-buffer',
    'debug',
    'duplexify',
    'ecdsa-sig-formatter',
    'end-of-stream',
    'extend',
    'fetch-blob',
    'formdata-polyfill',
    'gaxios',
    'gcp-metadata',
    'google-auth-library',
    'google-gax',
    'google-logging-utils',
    'gtoken',
    'https-proxy-agent',
    'inherits',
    'json-bigint',
    'jwa',
    'jws',
    'long',
    'ms',
    'node-domexception',
    'node-fetch',
    'object-hash',
    'once',
    'proto3-json-serializer',
    'protobufjs',
    'retry-request',
    'safe-buffer',
    'stream-shift',
    'web-streams-polyfill',
    'wrappy',
  ],
  'lazy/stripe': ['hpagent', 'stripe'],
  'lazy/mcp': [
    '@cfworker/json-schema',
    '@modelcontextprotocol/sdk',
    'ajv',
    'ajv-formats',
    'content-type',
    'fast-deep-equal',
    'fast-uri',
    'json-schema-traverse',
    'zod',
    'zod-to-json-schema',
  ],
};

for (const lazy of ['lazy/google', 'lazy/stripe', 'lazy/mcp'])
  test(`${lazy} contains exactly the listed packages`, () => {
    assert.deepEqual(packagesOf(lazy), KNOWN[lazy]);
  });

test('every function contains exactly the listed packages: no Google client, no Stripe SDK, only zod/mini', () => {
  for (const name of names) {
    assert.deepEqual(packagesOf(name), KNOWN['main'], name);
    // `zod/mini`: the schemas of `zod` are 100 KB more, and each has 80 methods that a cold start creates.
    // The first message shape adds zod's English texts, 5 KB.
    const classic = (inputs[name] ?? []).filter((file) => /zod\/v4\/(?:classic\/|locales\/(?!en\.js$))/.test(file));
    assert.deepEqual(classic, [], name);
  }
});

/**
 * Kilobytes of JavaScript of a folder at most, compile caches apart. Google's, Stripe's and the protocol's packages are
 * in it as they are published. `tools` is the largest: it holds the protocol and the JSON Schemas of all tools.
 */
const MOST_KB = 2040;

test('a function folder contains its bundles only, within the budget', () => {
  for (const name of names) {
    const folder = path.join('build/functions', name);
    const bundles = readdirSync(folder).filter((file) => file.endsWith('.cjs'));
    const protocol = name === 'tools' ? ['mcp.cjs'] : [];
    assert.deepEqual(
      bundles.sort(),
      ['google.cjs', 'index.cjs', 'main.cjs', 'build-compile-cache.cjs', 'stripe.cjs', ...protocol].sort(),
    );
    const bytes = bundles
      .filter((file) => file !== 'build-compile-cache.cjs')
      .reduce((sum, file) => sum + statSync(path.join(folder, file)).size, 0);
    assert.ok(bytes <= 1000 * MOST_KB, `${name}: ${bytes}`);
    assert.ok(!existsSync(path.join(folder, 'node_modules')));
  }
});

interface Touched {
  readonly read: readonly string[];
  readonly environment: readonly string[];
  readonly modules: readonly string[];
  readonly channels: readonly string[];
  readonly resources: readonly string[];
}

/** What a function touches while it is loaded. */
function touchedBy(name: string): Touched {
  const args = ['test/functions/load-watched.cjs', path.join('build/functions', name)];
  const env = { PATH: process.env['PATH'] };
  const [, touched = ''] = execFileSync(process.execPath, args, { encoding: 'utf8', env }).trim().split('\n');
  return JSON.parse(touched) as Touched;
}

for (const name of ['get-entity', 'confirm-payment-intent', 'automation', 'stripe-events', 'connection', 'tools'])
  test(`${name}: loading it reads two files, checks for the cloud and opens a port, nothing else`, () => {
    const { read, environment, modules, channels, resources } = touchedBy(name);
    assert.deepEqual(read, ['index.cjs', 'main.cjs']);
    assert.deepEqual(environment, ['K_SERVICE']);
    assert.deepEqual(channels, ['http.server.request.start']);
    // Standard output, for the line on the compile cache.
    assert.deepEqual(
      resources.filter((resource) => resource !== 'PipeWrap'),
      [],
    );
    const own = modules.filter((module) => module.startsWith('node:'));
    const known = ['async_hooks', 'crypto', 'diagnostics_channel', 'fs', 'module', 'path'];
    assert.deepEqual(
      own,
      known.map((one) => `node:${one}`),
    );
  });
