/**
 * Files through the built functions: an upload by both interfaces, evidence of a dispute, a quote as PDF. What is logged,
 * stored and dead-lettered has a file's length and hash, never its bytes.
 * https://docs.stripe.com/api/files/create, https://docs.stripe.com/file-upload, https://docs.stripe.com/api/quotes/pdf
 */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { errorOf, post, startFunction, startUnlimited, type Answered, type Running } from './framework.ts';

const MAX_BODY_BYTES = 14_680_064;
const MAX_FILE_BYTES = 10 * 1024 * 1024;
const TOPIC = 'projects/p/topics/dead-letters';

let sandbox: Sandbox;
let local: Running;
const running = new Map<string, Running>();
before(async () => {
  sandbox = await startSandbox({ seed: 31 });
  local = await startUnlimited(sandbox);
  const start = async (key: string, name: string, settings: object): Promise<void> => {
    const CONNECTION_SETTINGS = JSON.stringify({ min_nodes: 50, verbosity: '5', ...settings });
    const env = { STRIPE_API_KEY: SANDBOX_KEY, STRIPE_API_BASE: sandbox.url, CONNECTION_SETTINGS };
    running.set(key, await startFunction({ name, env }));
  };
  const messages = { automation_allowlist: ['File.Create'], dead_letter_topic: TOPIC };
  await start('default', 'create-entity', {});
  await start('create', 'create-entity', { max_body_bytes: MAX_BODY_BYTES });
  await start('messages', 'automation', { max_body_bytes: MAX_BODY_BYTES, ...messages });
  await start('small messages', 'automation', messages);
});
after(async () => {
  for (const one of [local, ...running.values()]) await one.stop();
  await sandbox.close();
});
beforeEach(() => {
  sandbox.requests.length = 0;
  sandbox.faults.clear();
});

/** A PDF as far as its first bytes say; the rest is of no pattern. */
const pdfOf = (bytes: number): Buffer => Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(bytes)]);
const fileBody = (content: Buffer, input: object = {}, more: object = {}): object => ({
  entity: 'File',
  connectorInputPayload: { Purpose: 'dispute_evidence', Content: content.toString('base64'), ...input },
  ...more,
});
const create = (at: string, body: object): Promise<Answered> => post(running.get(at)?.url ?? '', body);
const message = (at: string, messageId: string, body: object): Promise<Answered> =>
  create(at, {
    message: { messageId, data: Buffer.from(JSON.stringify({ operation: 'Create', ...body })).toString('base64') },
    subscription: 'projects/p/subscriptions/asks',
  });
const outputOf = (answer: Answered): Record<string, unknown> =>
  answer.body['connectorOutputPayload'] as Record<string, unknown>;
const rowsOf = (answer: Answered): readonly Record<string, unknown>[] =>
  answer.body['connectorOutputPayload'] as Record<string, unknown>[];
/** Nothing printed holds a piece of the file, as base64 or in hexadecimal. */
const printsNothing = (at: string, content: Buffer): void => {
  const printed = running.get(at)?.output() ?? '';
  for (const encoding of ['base64', 'hex'] as const)
    assert.ok(!printed.includes(content.toString(encoding, 12, 36)), `${at} printed a piece of the file`);
};
const uploads = (): number => sandbox.requests.filter(({ path }) => path === '/v1/files').length;

test('uploads a file byte for byte and returns the file object', async () => {
  const content = pdfOf(20_000);
  const body = fileBody(
    content,
    { FileName: 'beleg é東.pdf', ContentType: 'application/pdf' },
    { outputFormat: 'native' },
  );
  const answer = await create('create', body);
  assert.equal(answer.status, 200, answer.text);
  const { purpose, size, type, filename } = outputOf(answer);
  assert.deepEqual([purpose, size, type, filename], ['dispute_evidence', content.length, 'pdf', 'beleg é東.pdf']);
  const [sent] = sandbox.requests;
  assert.deepEqual(sent?.file, { fileName: 'beleg é東.pdf', type: 'application/pdf' });
  assert.equal(new URLSearchParams(sent.body).get('file'), content.toString('base64'));
  assert.match(sent.contentType ?? '', /^multipart\/form-data; boundary=/);
  printsNothing('create', content);
  // From verbosity 4 on a transaction shows its bodies: of a file what stands for it.
  const sha256 = createHash('sha256').update(content).digest('hex');
  assert.ok(running.get('create')?.output().includes(sha256));
});

test('accepts the largest file that max_body_bytes allows and rejects one more byte by its field', async () => {
  const largest = fileBody(Buffer.alloc(MAX_FILE_BYTES, 0xa5), { Purpose: 'terminal_android_apk' });
  const answer = await create('create', largest);
  assert.equal(answer.status, 200, answer.text.slice(0, 1000));
  const more = await create('create', fileBody(Buffer.alloc(MAX_FILE_BYTES + 1, 0xa5)));
  assert.equal(more.status, 400);
  assert.match(more.text, /"field":"Content","description":"must have at most 10485760 bytes"/);
  assert.ok(more.text.length < 2000, 'the refusal does not repeat what was sent');
  assert.equal(uploads(), 1);
});

test('both interfaces reject a file beyond the default max_body_bytes and name the setting', async () => {
  const content = pdfOf(300_000);
  const refused = await create('default', fileBody(content));
  assert.equal(refused.status, 413);
  assert.equal(errorOf(refused).details[0]?.reason, 'BODY_TOO_LARGE');
  assert.match(errorOf(refused).message, /262144 bytes; raise max_body_bytes \(up to 14680064\)$/);
  const told = await message('small messages', 'too-large', fileBody(content));
  assert.match(told.text, /"reason":"MESSAGE_TOO_LARGE"/);
  assert.match(told.text, /more than 262144; raise max_body_bytes \(up to 14680064\)/);
  assert.equal(uploads(), 0);
});

test('a message uploads a file once for all its deliveries', async () => {
  const content = pdfOf(1_000_000);
  for (const _delivery of [1, 2]) {
    const answer = await message('messages', 'file-1', fileBody(content));
    assert.equal(answer.status, 200);
    assert.match(answer.text, /"outcome":"succeeded"/);
  }
  assert.equal(uploads(), 1);
  assert.equal(new URLSearchParams(sandbox.requests[0]?.body).get('file'), content.toString('base64'));
  printsNothing('messages', content);
});

test('a repeat under an operationId uploads once; another file under it is rejected', async () => {
  const content = pdfOf(50_000);
  const under = (bytes: Buffer, input: object = {}): Promise<Answered> =>
    create('create', fileBody(bytes, input, { operationId: 'file-once' }));
  const first = await under(content);
  assert.equal(first.status, 200, first.text);
  const again = await under(content);
  assert.deepEqual([again.status, again.headers.get('idempotent-replayed')], [200, 'true']);
  assert.deepEqual(again.body, first.body);
  const changed = Buffer.from(content);
  changed[40_000] = (changed[40_000] ?? 0) ^ 1;
  for (const other of [await under(changed), await under(content, { FileName: 'other.pdf' })])
    assert.equal(errorOf(other).details[0]?.reason, 'OPERATION_ID_REUSED');
  assert.equal(uploads(), 1);
});

test('repeats an upload whose response is lost with the same bytes under the same key', async () => {
  sandbox.faults.add({ kind: 'reset_after', times: 1 });
  const answer = await create('create', fileBody(pdfOf(30_000), {}, { operationId: 'file-lost' }));
  assert.equal(answer.status, 200, answer.text);
  const [lost, found] = sandbox.requests;
  assert.deepEqual([lost?.idempotencyKey, lost?.body], [found?.idempotencyKey, found?.body]);
  assert.equal(lost?.contentType, found?.contentType);
});

test('rejects invalid files, names and types and sends nothing', async () => {
  const content = pdfOf(10);
  const wrong: readonly (readonly [object, string])[] = [
    [{ Content: '' }, 'Content'],
    [{ Content: `${content.toString('base64')}\n` }, 'Content'],
    [{ Content: 'data:application/pdf;base64,JVBERi0=' }, 'Content'],
    [{ Purpose: null }, 'Purpose'],
    [{ FileName: 'a"; name="purpose' }, 'FileName'],
    [{ FileName: 'a\r\nContent-Type: text/html' }, 'FileName'],
    [{ FileName: 'a\u0000.pdf' }, 'FileName'],
    [{ FileName: 'a\u0085.pdf' }, 'FileName'],
    [{ FileName: 'a\\' }, 'FileName'],
    [{ FileName: 'x'.repeat(256) }, 'FileName'],
    [{ ContentType: 'text/html; charset=x' }, 'ContentType'],
    [{ ContentType: 'text/html\r\nX: y' }, 'ContentType'],
    [{ FileLinkData: { create: true, metadata: { 'a"b': 'c' } } }, 'FileLinkData.metadata.a"b'],
    [{ FileLinkData: { create: true, metadata: { 'a\r\nb': 'c' } } }, 'FileLinkData.metadata.a\r\nb'],
  ];
  for (const [input, field] of wrong) {
    const answer = await create('create', fileBody(content, input));
    assert.equal(answer.status, 400, JSON.stringify(input));
    assert.ok(answer.text.includes(`"field":${JSON.stringify(field)}`), answer.text);
  }
  assert.equal(uploads(), 0);
});

test("returns Stripe's error for a file that the purpose does not allow", async () => {
  const answer = await create('create', fileBody(Buffer.from('plain text, no document')));
  assert.equal(answer.status, 400);
  assert.match(errorOf(answer).message, /following mimetypes: application\/pdf, image\/jpeg, image\/png/);
});

test('a dry run shows a placeholder for the file', async () => {
  const content = pdfOf(1000);
  const answer = await create('create', fileBody(content, { FileName: 'a.pdf' }, { dryRun: true }));
  assert.equal(answer.status, 200);
  assert.ok(answer.text.includes(createHash('sha256').update(content).digest('hex')));
  assert.ok(!answer.text.includes(content.toString('base64', 12, 36)));
  assert.equal(sandbox.requests.length, 0);
});

test('attaches a file as evidence of a dispute', async () => {
  const call = async (name: string, body: object): Promise<Answered> => {
    const answer = await post(`${local.url}/${name}`, { outputFormat: 'native', ...body });
    assert.equal(answer.status, 200, answer.text);
    return answer;
  };
  const payment = {
    Amount: 900,
    Currency: 'usd',
    PaymentMethod: 'pm_card_createDispute',
    Confirm: true,
    ReturnUrl: 'https://example.com/',
  };
  await call('create-entity', { entity: 'PaymentIntent', connectorInputPayload: payment });
  const file = outputOf(await call('create-entity', fileBody(pdfOf(5000), { FileName: 'receipt.pdf' })));
  const [{ id } = {}] = rowsOf(await call('list-entities', { entity: 'Dispute' }));
  const evidence = { receipt: file['id'], uncategorized_text: 'winning_evidence' };
  await call('update-entity', { entity: 'Dispute', entityId: id, connectorInputPayload: { Evidence: evidence } });
  const dispute = outputOf(await call('get-entity', { entity: 'Dispute', entityId: id }));
  assert.equal(dispute['status'], 'won');
  assert.equal((dispute['evidence'] as Record<string, unknown>)['receipt'], file['id']);
});

test('returns a finalized quote as a base64 PDF and rejects a draft', async () => {
  const call = (name: string, body: object): Promise<Answered> => post(`${local.url}/${name}`, body);
  const made = async (entity: string, connectorInputPayload: object): Promise<unknown> => {
    const answer = await call('create-entity', { entity, connectorInputPayload });
    assert.equal(answer.status, 200, answer.text);
    return outputOf(answer)['Id'];
  };
  const Customer = await made('Customer', { Name: 'q' });
  const price = await made('Price', { Currency: 'usd', UnitAmount: 500, ProductData: { name: 'x' } });
  const QuoteId = await made('Quote', { Customer, LineItems: [{ price, quantity: 1 }] });
  const pdf = (): Promise<Answered> =>
    call('execute-action', { action: 'DownloadQuotePdf', connectorInputPayload: { QuoteId } });
  assert.match(errorOf(await pdf()).message, /must be finalized/);
  const finalized = await call('execute-action', { action: 'FinalizeQuote', connectorInputPayload: { QuoteId } });
  assert.equal(finalized.status, 200, finalized.text);
  const answer = await pdf();
  assert.equal(answer.status, 200, answer.text);
  const [{ Content, ContentType } = {}] = rowsOf(answer);
  assert.equal(ContentType, 'application/pdf');
  assert.match(Buffer.from(String(Content), 'base64').toString('latin1'), /^%PDF-1\.4\n[^]*%%EOF\n$/);
});
