/** The built command against the local server: what each line prints, and its exit status. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { COMMANDS, parseLine } from '../../shared/cli/program.ts';
import { startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { freePort } from '../emulator/ports.ts';
import { sized } from '../support/sizes.ts';
import { runCommand, type Ran } from './command.ts';
import { startUnlimited, type Running } from './framework.ts';

let sandbox: Sandbox;
let server: Running;
let folder: string;
before(async () => {
  sandbox = await startSandbox({ seed: 61, catalogFolder: 'shared/catalog' });
  server = await startUnlimited(sandbox, {
    events_topic: 'projects/p/topics/stripe-events',
    event_types: ['customer.created'],
    webhook_url: 'http://localhost:9/stripe-events',
  });
  folder = mkdtempSync(path.join(tmpdir(), 'command-'));
});
after(async () => {
  await server.stop();
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

const command = (args: readonly string[], env: Record<string, string> = {}, input?: string): Promise<Ran> =>
  runCommand(args, { PORT: new URL(server.url).port, ...env }, input);
const STACK = /^\s+at .*:\d+:\d+/m;

/** Lines in order: `ID` is the customer of the first line. */
const LINES: readonly (readonly [line: string, status: number, printed: RegExp])[] = [
  ['call Customer.Create Email=jane@example.com Name=Jane Address.city=Lyon', 0, /^Id {2}cus_\w+\n/],
  ['call customer.create Email:="joe@example.com" Metadata.order=17 --json', 0, /"effect": "done"/],
  ['call Customer.Update ID Name=Janet --operation-id rename-1', 0, /effect done, operation rename-1/],
  ['call Customer.Update ID Name=Janet --operation-id rename-1', 0, /effect done, operation rename-1/],
  [
    'call Customer.Update ID Name=Other --operation-id rename-1',
    1,
    /error: .*another payload needs another operationId\nreason OPERATION_ID_REUSED, effect done, operation rename-1\n/,
  ],
  ['call Customer.Delete ID --dry-run', 0, /DELETE/],
  ['get Customer ID', 0, /^Name +Janet$/m],
  ['get Customer ID --fields Id,AddressCity --json', 0, /"AddressCity": "Lyon"/],
  ['get Balance', 0, /^Object +balance$/m],
  ['list Customer --where Name="Missing"', 2, /^error: .*single quotes.*at 6\n {2}Name="Missing"\n {7}\^$/m],
  ["list Customer --where Name='Missing'", 0, /^no rows$/m],
  ["list Customer --since yesterday --where Name='Janet' --fields Name", 0, /^Janet$/m],
  ['list Customer --until yesterday', 0, /^no rows$/m],
  ['list Customer --since 1h --fields Name', 0, /^Janet$/m],
  ['list Customer --since someday', 2, /--since must be today, yesterday, a time before now/],
  ['export Customer --since 1h --out FOLDER/hour.csv', 2, /--since 1h is another time when the command is repeated/],
  ['list Customer --limit 1', 0, /more rows: --page \S+/],
  ['list Customer --limit many', 2, /^error: --limit: must be an integer from 1 to 200$/m],
  ['list Customer --sort Foo', 2, /^error: --sort: Foo is not a column/m],
  ['get Customer', 2, /^error: the id: must be an id/m],
  ['get Customer cus_missing', 3, /error: No such customer/],
  ['operations show rename-1', 0, /^effect +done$/m],
  ['operations show missing-1', 3, /no operation has this id/],
  ['operations list --json', 0, /"operationId": "rename-1"/],
  ['operations list --effect unknown', 0, /^no operations/m],
  ['operations list --effect most', 2, /effect: must be one of none, done, unknown/],
  ['operations list --limit 0', 2, /--limit must be a positive integer/],
  ['operations retry missing-1 Customer.Update ID Name=x', 3, /no operation has this id/],
  ['operations retry rename-1 Customer.Update ID Name=Janet', 0, /effect done, operation rename-1/],
  ['operations resolve rename-1 none --reason x', 1, /outcome of the operation is known/],
  ['operations resolve rename-1 perhaps --reason x', 2, /must be done or none/],
  ['operations resolve rename-1 done', 2, /--reason TEXT is required/],
  [
    'status',
    0,
    /^stripe-local: active\nlive nodes: \d+ \(the limit counts at least 100 and at most 100\)\nlimit 600\/s/m,
  ],
  ['suspend', 0, /^stripe-local is suspended/m],
  ['status --json', 0, /"state": "suspended"/],
  [
    'status',
    0,
    /not checked: the connection is suspended: resume it: suspended = false in the settings, or \S+ resume$/m,
  ],
  ['get Balance', 1, /error: the connection is suspended; nothing was sent; .*\(stripe-connector resume\)/],
  ['resume', 0, /^stripe-local is resumed/m],
  ['events list', 0, /^no events$/m],
  ['events show evt_missing', 3, /no event evt_missing/],
  ['events replay', 2, /name an id, or --type, --object, --since or --outcome/],
  ['events replay --outcome most', 2, /outcome: one of/],
  ['events replay --outcome failed', 0, /^nothing to replay$/m],
  ['events replay --since 1h', 0, /^nothing to replay$/m],
  ['events list --since yesterday --until today', 0, /^no events$/m],
  ['events list --since someday', 2, /--since must be today, yesterday, a time before now/],
  ['events list --until someday', 2, /--until must be today, yesterday, a time before now/],
  ['events replay --type invoice.paid', 0, /^nothing to replay$/m],
  ['events pause --reason drill', 0, /^paused/m],
  ['status', 0, /events are paused/],
  ['events resume', 0, /^resumed/m],
  ['dead-letters list', 0, /^no dead letters$/m],
  ['dead-letters show 0123456789abcdef0123456789abcdef', 3, /no dead letter/],
  ['dead-letters replay', 0, /^nothing to replay$/m],
  ['webhooks sync --dry-run', 0, /^would be created: new \(snapshot events\)$/m],
  ['webhooks sync', 1, /--secret-file/],
  ['webhooks sync --secret-file FOLDER/hook', 0, /^created: we_\w+ \(snapshot events\)$/m],
  ['webhooks sync --secret-file FOLDER/hook', 1, /already exists/],
  ['webhooks sync', 0, /^unchanged: we_/m],
  ['openapi --entities Customer', 0, /"openapi": "3\.1/],
  ['openapi --version-3-0 --actions PayInvoice --out FOLDER/openapi.json', 0, /openapi\.json: \d+ KiB/],
  ['openapi --entities Custmer', 2, /did you mean Customer/],
  ['client --out FOLDER/client.mjs', 2, /the client is TypeScript/],
  ['client --out FOLDER/client.ts --entities Custmer', 2, /did you mean Customer/],
  ['cost', 0, /^a month  .* 100 a second\na function each, nothing warm  .*\$\d/m],
  ['cost --json', 0, /^ {6}"design": "a function each, nothing warm",\n {6}"perSecond": 0,\n {6}"dollars": 0$/m],
  [
    'cost --calls 1000000',
    0,
    /^1,000,000 calls a month, 0\.38 a second, in US dollars\n\na month .*\na function each, nothing warm +\$\d/,
  ],
  ['cost --calls 1000000 --json', 0, /"perSecond": 0\.38\d*,\n {2}"month": \[\n.*\n {6}"design": /],
  ['cost --calls 0', 2, /--calls must be a positive integer/],
  ['cost --calls 999999999', 2, /--calls is at most 262,800,000, which is 100 a second/],
  ['fields Customer.Create', 0, /^Email +string +Mail address/m],
  ['fields paymentintent.create', 0, /^Amount \(required\) +integer +.*smallest/m],
  ['fields Customer.Create Address', 0, /^postal_code +string/m],
  ['fields Customer.Create Adress', 2, /Customer\.Create has no input Adress/],
  ['fields Refund', 0, /^Amount +integer +Amount, in cents/m],
  ['fields ConfirmPaymentIntent', 0, /^PaymentIntentId \(required\) +string/m],
  ['fields Custmer', 2, /did you mean Customer/],
  ['fields Customer.Crate', 2, /did you mean Customer\.Create/],
  ['call Customer', 2, /Customer is an entity: write Customer\.List, .*Customer\.Create/],
  ["call Customer.Create Name=x --where Name='x'", 2, /--where selects the rows of a List, Update or Delete/],
  ['call Customer.Create --input @missing.json', 2, /--input: missing\.json cannot be read/],
  ['call Refund.Create PaymentIntent=pi_missing', 3, /No such payment_intent/],
  ['call ConfirmPaymentIntnt pi_1', 2, /did you mean ConfirmPaymentIntent/],
  ['call Custmer.Create', 2, /did you mean Customer/],
  ['call Customer.Crate', 2, /no operation Customer\.Crate; did you mean Customer\.Create\?/],
  ['call PaymentIntent.Confirm pi_1', 2, /did you mean ConfirmPaymentIntent/],
  ['call Refund.Create pi_1', 2, /Refund\.Create takes no id; did you mean PaymentIntent=pi_1\?/],
  ['call Refund.Create ch_1', 2, /did you mean Charge=ch_1\?/],
  ['call Customer.Create whatever', 2, /Customer\.Create takes no id; inputs are written Name=text/],
  [
    'call Subscription.Create Customer=ID',
    2,
    /Missing required param: items\. Its input is Items, such as \[\{"price": /,
  ],
  [
    'call Customer.Create Emial=x',
    2,
    /^stripe-connector fields Customer\.Create lists the inputs\n.*did you mean Email/m,
  ],
  [
    'call Refund.Create PaymentIntent=pi_1 Amount=5.00',
    2,
    /Amount=5\.00 has decimals: .* Write 5, or 500 for 5\.00 in a currency with cents/,
  ],
  ['call PaymentIntent.Create Amount=9 Currency=usd TransferData.amount=1.0', 2, /TransferData\.amount=1\.0 has dec/],
  ['call CapturePaymentIntent pi_1 AmountToCapture=20.00', 2, /AmountToCapture=20\.00 has decimals/],
  ['call TaxRate.Create DisplayName=VAT Inclusive=true Percentage=19.0', 0, /^Id {2}txr_/],
  ['call Customer.Create Metadata.version=1.0 Name=2.00', 0, /^Id {2}cus_/],
  ['list Payment', 2, /did you mean PaymentLink or PaymentIntent or PaymentMethod\?/],
  [
    'call PaymentIntent.Create Amount=900 Currency=usd PaymentMethod=pm_card_visa Confirm=true',
    1,
    /return_url is the input ReturnUrl/,
  ],
  ['call Customer.Create Name=a Name=b', 2, /Name is given twice/],
  ['call Customer.Create Name:=oops', 2, /not valid JSON/],
  ['call Customer.Update cus_1 cus_2', 2, /one id at most/],
  ['call Customer.Create --input {oops', 2, /--input is not valid JSON/],
  ['check FOLDER/good.json', 0, /no problems/],
  ['check FOLDER/bad.json', 1, /2 problems/],
  ['check FOLDER/names.json', 1, /tools_allowlist\[0\]: no operation or action Lst; did you mean List\?/],
  ['check FOLDER/missing.json', 1, /cannot be read/],
  ['check', 2, /name the settings file/],
  ['preflight', 2, /--project PROJECT is required/],
  ['export Customer', 2, /--out FILE is required/],
  ['export Customer --out FOLDER/x --format xml', 2, /--format must be ndjson or csv/],
  ['export Customer --out FOLDER/x.xlsx', 2, /name it \.ndjson or \.csv, or add --format/],
  ['export Customer --out FOLDER/missing/x.csv', 2, /there is no folder/],
  ['export Custmer --out FOLDER/x', 2, /did you mean Customer/],
  ['dev --seed shop', 2, /^error: --seed must be one of demo$/m],
  ['dev --port many', 2, /--port must be a port number/],
  ['--version', 0, /^\d+\.\d+\.\d+$/m],
  ['statsu', 2, /unknown command 'statsu'\n\(Did you mean status\?\)/],
  ['events lst', 2, /Did you mean list\?/],
  ['status --jsn', 2, /unknown option '--jsn'\n\(Did you mean --json\?\)/],
  ['list', 2, /missing required argument 'entity'/],
  ['get Customer a b', 2, /too many arguments/],
  ['status --url ftp://localhost', 2, /--url must be an http or https URL/],
  ['status --url http://example.com', 2, /--url must be https/],
];

test('each line prints what it should and ends with its status, without a stack', async (t) => {
  writeFileSync(path.join(folder, 'good.json'), '{"name":"shop","region":"europe-west1"}');
  writeFileSync(path.join(folder, 'bad.json'), '{"name":"Shop","region":"europe-west1","colour":"blue"}');
  writeFileSync(path.join(folder, 'names.json'), '{"name":"shop","region":"europe-west1","tools_allowlist":["Lst"]}');
  let id = '';
  for (const [line, status, printed] of LINES)
    await t.test(line, async () => {
      const words = line.split(/ (?=(?:[^']*'[^']*')*[^']*$)/);
      const ran = await command(words.map((word) => word.replace(/\bID\b/, id).replace('FOLDER', folder)));
      const text = ran.stdout + ran.stderr;
      assert.equal(ran.status, status, text);
      assert.match(text, printed);
      assert.doesNotMatch(text, STACK);
      id ||= /cus_\w+/.exec(ran.stdout)?.[0] ?? '';
    });
});

test('the signing secret is in the file only, for this user only, and the server accepts it at once', () => {
  const file = path.join(folder, 'hook');
  assert.match(readFileSync(file, 'utf8'), /^whsec_/);
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

/** Of how many commands the built one prints the help: what prints the others is its parser, in this process. */
const EVERY = sized(8, 1);

function parsed(words: readonly string[]): Ran {
  const printed = { out: '', err: '' };
  const status = parseLine(words, '0.0.0', {
    out: (text) => void (printed.out += text),
    err: (text) => void (printed.err += text),
  });
  return { status: status === 0 ? 0 : 1, stdout: printed.out, stderr: printed.err };
}

test('help of every command has its examples, needs no server, and ends with 0', async () => {
  for (const [place, { name, examples }] of COMMANDS.entries()) {
    const words = [...name.split(' '), '--help'];
    const { status, stdout, stderr } = place % EVERY === 0 ? await runCommand(words, {}) : parsed(words);
    assert.deepEqual([status, stderr], [0, ''], name);
    for (const line of examples) assert.ok(stdout.includes(`$ stripe-connector ${line}`), `${name}: ${line}`);
    assert.match(stdout, /--json/, name);
  }
  for (const group of [[], ['help'], ['--help'], ['help', 'call'], ['events', '--help']])
    assert.equal((await runCommand(group, {})).status, 0, group.join(' '));
  assert.equal((await runCommand(['events'], {})).status, 2);
});

test('inputs are read from standard input and from a file', async () => {
  const piped = await command(['call', 'Customer.Create', '--input', '-', '--json'], {}, '{"Name":"Piped"}');
  assert.equal(piped.status, 0, piped.stderr);
  const file = path.join(folder, 'input.json');
  writeFileSync(file, '{"Name":"Filed"}');
  assert.equal((await command(['call', 'Customer.Create', '--input', `@${file}`])).status, 0);
  const named = ['list', 'Customer', '--where', "Name IN ('Piped', 'Filed')", '--json'];
  const { connectorOutputPayload: rows } = JSON.parse((await command(named)).stdout) as {
    connectorOutputPayload: unknown[];
  };
  assert.equal(rows.length, 2);
});

test('an action takes the id of its object as a word', async () => {
  const words = ['Amount=1500', 'Currency=usd', 'PaymentMethod=pm_card_visa', '--json'];
  const created = await command(['call', 'PaymentIntent.Create', ...words]);
  const { connectorOutputPayload } = JSON.parse(created.stdout) as { connectorOutputPayload: { Id: string } };
  const confirm = ['call', 'ConfirmPaymentIntent', connectorOutputPayload.Id, 'ReturnUrl=https://example.com/'];
  assert.match((await command(confirm)).stdout, /^status +succeeded$/m);
});

test('preflight says once what gives it an access token', async () => {
  const { status, stderr } = await runCommand(['preflight', '--project', 'p'], { PATH: folder });
  assert.deepEqual([status, stderr.split('\n').length], [1, 2], stderr);
  assert.match(stderr, /^error: gcloud is not installed: .*GOOGLE_OAUTH_ACCESS_TOKEN$/m);
});

test('--json prints errors as JSON', async () => {
  const { stderr, status } = await command(['get', 'Customer', 'cus_missing', '--json']);
  assert.equal(status, 3);
  const { error } = JSON.parse(stderr) as { error: { message: string; reason: string } };
  assert.match(error.message, /No such customer/);
  const usage = await command(['list', '--json']);
  assert.deepEqual(
    [usage.status, JSON.parse(usage.stderr)],
    [2, { error: { message: "missing required argument 'entity'", reason: 'USAGE' } }],
  );
});

test('a port that is not a number is named as what it is', async () => {
  const { status, stderr } = await runCommand(['status'], { PORT: 'abc' });
  assert.deepEqual([status, stderr], [2, 'error: PORT must be a port number: abc\n']);
});

test('a server that is away, and one that is no connector, are named', async () => {
  const away = await runCommand(['status'], { PORT: String(await freePort()) });
  assert.equal(away.status, 1);
  assert.match(away.stderr, /no server responds at http:\/\/localhost:\d+ .*start one with stripe-connector dev/);
  const other = http.createServer((_request, response) => response.writeHead(404).end('<html>'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  const { stderr, status } = await runCommand(['status'], { PORT: String(port) });
  other.close();
  assert.equal(status, 1);
  assert.match(stderr, /is not a Stripe connector: it responded 404/);
});
