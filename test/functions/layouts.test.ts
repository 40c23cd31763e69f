/** Which tests of functions run on both layouts, and why the others cannot. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const BOTH = ['single-layout.test.ts', 'single-layout-calls.test.ts'];

/** Tests whose subject is not one of the functions that are paths of `single`, or that call both layouts themselves. */
const ONE_LAYOUT: Readonly<Record<string, string>> = {
  'admin-attacks.test.ts': 'attacks the local server, and each of connection and single as deployed',
  'agent-search.test.ts': 'tools has a service of its own in both layouts',
  'budget.test.ts': 'measures the package of each function, single among them',
  'client-retries.test.ts': 'calls no server',
  'closed.test.ts': 'compares what each package permits by default; single-service.test.ts has the default of single',
  'command-lines.test.ts': 'the commands of an operator talk to the admin methods of the local server',
  'completion.test.ts': 'calls no server',
  'descriptions.test.ts': 'calls no server',
  'export-lock.test.ts': 'the file that the command writes; export-command.test.ts has the calls',
  'exposed.test.ts': 'expose is of connection; single-service.test.ts has it in single, next to operations_allowlist',
  'folder.test.ts': "starts a package from its own folder, without the repository's packages",
  'google-bundle.test.ts': 'the file of Google clients, which both layouts load',
  'google-token.test.ts': 'the file of Google clients, which both layouts load',
  'hostile.test.ts': 'walks every endpoint of the local server; both layouts read bodies with the same handler',
  'layouts.test.ts': 'this one',
  'local-key.test.ts': 'npm start: the key of the local server',
  'local-sandbox.test.ts': 'npm start: the local server and the sandbox in one process',
  'local.test.ts': 'npm start: the local server itself',
  'npm-package.test.ts': 'the npm package, which has the local server',
  'openapi-rules.test.ts': 'calls no server',
  'sandbox-control.test.ts': 'the admin API of the sandbox, on the port of the local server',
  'sandbox-samples.test.ts': "the sandbox's answers; golden.test.ts has the samples on both layouts",
  'single-service.test.ts': 'the single service itself',
  'start.test.ts': 'the compile cache of one package',
  'tools.test.ts': 'tools has a service of its own in both layouts',
};

test('each test of the functions runs on both layouts, or it is written why not', () => {
  const imported = new Set(
    BOTH.flatMap((file) => [
      ...readFileSync(`test/functions/${file}`, 'utf8').matchAll(/'\.\/([\w-]+\.test\.ts)'/g),
    ]).map(([, name = '']) => name),
  );
  const files = readdirSync('test/functions').filter((name) => name.endsWith('.test.ts') && !BOTH.includes(name));
  const unnamed = files.filter((name) => !imported.has(name) && ONE_LAYOUT[name] === undefined);
  assert.deepEqual(unnamed, [], 'import it in single-layout-calls.test.ts, or write here why it cannot');
  assert.deepEqual(
    Object.keys(ONE_LAYOUT).filter((name) => imported.has(name) || !files.includes(name)),
    [],
  );
});
