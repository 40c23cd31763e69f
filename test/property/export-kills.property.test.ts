/**
 * `stripe-connector export` is killed at any time and started again: every row is in the file once, in order. The server
 * here has the pages of a List, so that each kill is at a chosen point.
 */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { sized } from '../support/sizes.ts';

/** When a process is killed: at its nth request of a page, before or some milliseconds after the response. */
interface Kill {
  readonly request: number;
  readonly afterMs: number | undefined;
}

interface Listed {
  readonly entity: string;
  readonly listEntitiesPageToken?: string;
  readonly priority: string;
}

let folder: string;
let server: http.Server;
let url: string;
let rows: readonly object[] = [];
let pageSize = 1;
/** Called with each request of a page; resolves when the response may leave. */
let onPage: () => Promise<void> = () => Promise.resolve();
const priorities = new Set<string>();

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'export-'));
  server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => void answer(Buffer.concat(chunks).toString(), response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

async function answer(text: string, response: http.ServerResponse): Promise<void> {
  const { listEntitiesPageToken: token = '0', priority } = JSON.parse(text) as Listed;
  priorities.add(priority);
  const from = Number(token);
  const next = from + pageSize < rows.length ? String(from + pageSize) : null;
  await onPage();
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify({ connectorOutputPayload: rows.slice(from, from + pageSize), listEntitiesNextPageToken: next }),
  );
}

/** Runs the command until it ends, or until `kill` ends it. Returns whether it completed. */
async function run(file: string, format: string, kill: Kill | undefined): Promise<boolean> {
  const args = [
    'export',
    'Customer',
    '--out',
    file,
    '--format',
    format,
    '--fields',
    'Id,Name',
    '--url',
    url,
    '--quiet',
  ];
  const child: ChildProcess = spawn(process.execPath, ['build/local/main.cjs', ...args], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  let requests = 0;
  onPage = async () => {
    requests += 1;
    if (requests !== kill?.request) return;
    if (kill.afterMs === undefined) {
      child.kill('SIGKILL');
      await ended;
    } else void pause(kill.afterMs).then(() => child.kill('SIGKILL'));
  };
  const status = await ended;
  assert.ok(status === 0 || child.signalCode === 'SIGKILL', stderr);
  return status === 0;
}

const kills = fc.array(
  fc.record({
    request: fc.integer({ min: 1, max: 4 }),
    afterMs: fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 3 },
);

test('after any kills the file has every row once, and no checkpoint is left', async () => {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 900 }),
      fc.integer({ min: 1, max: 200 }),
      fc.constantFrom('ndjson', 'csv'),
      kills,
      async (count, size, format, planned) => {
        rows = Array.from({ length: count }, (_, n) => ({ Id: `cus_${n}`, Name: n % 7 === 0 ? 'a "b",\nc' : `n${n}` }));
        pageSize = size;
        const own = path.join(folder, String((runs += 1)));
        for (const kill of planned) if (await run(own, format, kill)) break;
        if (
          readdirSync(folder).some((name) => name === `${runs}.checkpoint`) ||
          !readdirSync(folder).includes(`${runs}`)
        )
          assert.equal(await run(own, format, undefined), true);
        const expected =
          format === 'ndjson'
            ? rows.map((row) => `${JSON.stringify(row)}\n`).join('')
            : `Id,Name\r\n${rows.map((row) => csvLine(row as { Id: string; Name: string })).join('')}`;
        assert.equal(readFileSync(own, 'utf8'), expected);
        assert.deepEqual(
          readdirSync(folder).filter((name) => name.startsWith(`${runs}.checkpoint`) && !name.endsWith('.next')),
          [],
        );
      },
    ),
    { numRuns: sized(3, 100), seed: 20261127 },
  );
  assert.deepEqual([...priorities], ['bulk']);
});

function csvLine({ Id, Name }: { readonly Id: string; readonly Name: string }): string {
  return `${Id},${/[",\n]/.test(Name) ? `"${Name.replaceAll('"', '""')}"` : Name}\r\n`;
}
