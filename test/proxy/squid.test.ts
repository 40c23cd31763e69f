/** Through Squid, a third-party proxy: Basic and Digest, in plaintext and over TLS to the proxy. */
import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../emulator/ports.ts';
import { errorOf } from '../functions/framework.ts';
import { squid } from '../outside-tools.mjs';
import type { Sandbox } from '../../shared/sandbox/server.ts';
import type { Certificates } from './certificates.ts';
import { callThrough } from './proxied-function.ts';
import { startSecureSandbox, type SecureSandbox } from './secure-front.ts';

const USER = 'connector';
const PASSWORD = 'squid password';
const REALM = 'squid';

const program = squid();
if (program !== undefined) {
  let secure: SecureSandbox;
  let certificates: Certificates;
  let sandbox: Sandbox;
  let front: SecureSandbox['front'];
  const proxies: Record<string, { readonly clear: number; readonly tls: number; readonly log: string }> = {};
  const processes: ChildProcess[] = [];

  before(async () => {
    secure = await startSecureSandbox(95);
    ({ certificates, sandbox, front } = secure);
    // Squid gives its rights up: what it reads must be open to its user.
    chmodSync(certificates.folder, 0o777);
    for (const scheme of ['NONE', 'BASIC', 'DIGEST']) proxies[scheme] = await startSquid(scheme);
  });
  after(async () => {
    for (const one of processes) one.kill('SIGKILL');
    await secure.close();
  });

  async function startSquid(scheme: string): Promise<{ clear: number; tls: number; log: string }> {
    const [clear, tls] = [await freePort(), await freePort()];
    const file = (name: string): string => path.join(certificates.folder, `${scheme}-${name}`);
    const auth = authLines(scheme, file('passwords'));
    const lines = [
      `http_port 127.0.0.1:${clear}`,
      `https_port 127.0.0.1:${tls} tls-cert=${certificates.files.cert} tls-key=${certificates.files.key}`,
      ...auth,
      `http_access allow ${auth.length > 0 ? 'known' : 'all'}`,
      'http_access deny all',
      'cache deny all',
      `access_log stdio:${file('access.log')}`,
      `cache_log ${file('cache.log')}`,
      `pid_filename ${file('pid')}`,
      `coredump_dir ${certificates.folder}`,
      'shutdown_lifetime 0 seconds',
      'pinger_enable off',
      ...(process.getuid?.() === 0 ? ['cache_effective_user proxy'] : []),
    ];
    writeFileSync(file('squid.conf'), `${lines.join('\n')}\n`);
    chmodSync(certificates.files.key, 0o644);
    const child = spawn(program ?? '', ['-N', '-f', file('squid.conf')], { stdio: 'ignore' });
    processes.push(child);
    for (let tries = 0; !(await answers(clear)); tries += 1) {
      if (child.exitCode !== null || tries > 200)
        throw new Error(
          `squid did not start: ${existsSync(file('cache.log')) ? readFileSync(file('cache.log'), 'utf8') : ''}`,
        );
      await pause(50);
    }
    return { clear, tls, log: file('access.log') };
  }

  function authLines(scheme: string, file: string): string[] {
    if (scheme === 'NONE') return [];
    const hash = (...args: string[]): string => spawnSync('openssl', args, { encoding: 'utf8' }).stdout.trim();
    writeFileSync(file, '');
    if (scheme === 'BASIC') {
      appendFileSync(file, `${USER}:${hash('passwd', '-apr1', PASSWORD)}\n`);
      return [
        `auth_param basic program /usr/lib/squid/basic_ncsa_auth ${file}`,
        `auth_param basic realm ${REALM}`,
        'acl known proxy_auth REQUIRED',
      ];
    }
    appendFileSync(file, `${USER}:${PASSWORD}\n`);
    return [
      `auth_param digest program /usr/lib/squid/digest_file_auth ${file}`,
      `auth_param digest realm ${REALM}`,
      'acl known proxy_auth REQUIRED',
    ];
  }

  const answers = (port: number): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => (socket.destroy(), resolve(true)));
      socket.on('error', () => resolve(false));
    });

  for (const scheme of ['NONE', 'BASIC', 'DIGEST'])
    for (const [target, ssltype] of [
      ['https', 'AUTO'],
      ['https', 'ALWAYS'],
      ['http', 'AUTO'],
      ['http', 'ALWAYS'],
      ['http', 'TUNNEL'],
    ] as const)
      test(`squid, ${scheme}, ${target} target, ${ssltype}`, async () => {
        const proxy = proxies[scheme];
        assert.ok(proxy);
        const port = ssltype === 'ALWAYS' ? proxy.tls : proxy.clear;
        const base = target === 'https' ? front.url : sandbox.url;
        const before = sandbox.requests.length;
        const answers = await callThrough(
          { base, port, scheme, ssltype, user: USER, password: PASSWORD, ca: certificates.files.ca },
          2,
        );
        for (const answer of answers) assert.equal(answer.status, 200, answer.text);
        assert.equal(sandbox.requests.length, before + 2);
        const tunnel = target === 'https' || ssltype === 'TUNNEL';
        // A tunnel is written down when it ends.
        for (
          let tries = 0;
          tries < 40 && !readFileSync(proxy.log, 'utf8').includes(tunnel ? 'CONNECT' : 'GET http://');
          tries += 1
        )
          await pause(50);
        assert.match(
          readFileSync(proxy.log, 'utf8'),
          tunnel ? /CONNECT (localhost|127\.0\.0\.1):\d+/ : /GET http:\/\/127\.0\.0\.1/,
        );
      });

  for (const scheme of ['BASIC', 'DIGEST'])
    test(`squid, ${scheme}: a wrong password has its own error, and nothing reaches Stripe`, async () => {
      const before = sandbox.requests.length;
      const proxy = proxies[scheme];
      assert.ok(proxy);
      const [answer] = await callThrough({
        base: front.url,
        port: proxy.clear,
        scheme,
        ssltype: 'AUTO',
        user: USER,
        password: 'wrong',
        ca: certificates.files.ca,
      });
      assert.equal(answer?.status, 400, answer?.text);
      assert.equal(errorOf(answer).details[0]?.reason, 'PROXY_AUTH_REJECTED');
      assert.equal(sandbox.requests.length, before);
    });
}
