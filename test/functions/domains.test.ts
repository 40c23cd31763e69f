/** The framework's domains: a function that is called over HTTP is spared them. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { NODES, post, startFunction } from './framework.ts';

/** Loaded beside the function: tells when a domain makes Node follow promises. */
const WATCH = `data:text/javascript,${encodeURIComponent(`
  import hooks from 'node:async_hooks';
  const every = Object.getPrototypeOf(hooks.createHook({}));
  const { enable } = every;
  every.enable = function () {
    if (/new Domain/.test(new Error().stack)) console.log('a domain follows promises');
    return enable.call(this);
  };
`)}`;
const FOLLOWED = /a domain follows promises/;

let sandbox: Sandbox;
let plain: string;
before(async () => {
  sandbox = await startSandbox({ seed: 12 });
  plain = mkdtempSync(path.join(tmpdir(), 'plain-'));
  writeFileSync(path.join(plain, 'package.json'), '{"name":"plain","main":"index.cjs"}');
  writeFileSync(path.join(plain, 'index.cjs'), 'exports.plain = (request, response) => response.json({});');
});
after(async () => {
  rmSync(plain, { recursive: true });
  await sandbox.close();
});

for (const node of NODES) {
  const printedBy = async (name: string, body: object, status: number, folder?: string): Promise<string> => {
    const one = await startFunction({
      name,
      node: node.path,
      env: { STRIPE_API_KEY: SANDBOX_KEY, STRIPE_API_BASE: sandbox.url, NODE_OPTIONS: `--import=${WATCH}` },
      ...(folder === undefined ? {} : { folder }),
    });
    try {
      assert.equal((await post(one.url, body)).status, status, one.output());
      return one.output();
    } finally {
      await one.stop();
    }
  };

  test(`no promise of a function's is followed by a domain (${node.name})`, async () => {
    assert.doesNotMatch(await printedBy('customer-get', { entityId: 'cus_none' }, 404), FOLLOWED);
    assert.match(await printedBy('plain', {}, 200, plain), FOLLOWED, 'the framework makes domains still');
  });
}
