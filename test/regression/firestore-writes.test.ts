/**
 * A commit whose answer does not come. Reports: googleapis/gax-nodejs#1525 and google-cloud-node#7728 (ECONNRESET of a
 * connection that was kept while the instance was frozen): the request may or may not have arrived.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firestoreDeadLetters } from '../../shared/adapters/google/firestore-dead-letters.ts';
import { firestoreOperations } from '../../shared/adapters/google/firestore-operations.ts';
import { grpcStatusOf } from '../../shared/adapters/google/rest.ts';
import { storedDocuments } from '../../shared/adapters/google/stored-documents.ts';
import { claim, type ClaimResult } from '../../shared/idempotency/record/claim.ts';
import { complete } from '../../shared/idempotency/record/complete.ts';
import type { OperationStore } from '../../shared/idempotency/store.ts';
import { isStoreFault, isStoreUnavailable } from '../../shared/ports/store-errors.ts';
import { failure, fakeFirestore, type CommitFailure } from '../support/fake-firestore.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const KEPT_US = 30 * 86_400_000_000;
const LEASE_US = 30_000_000;

const RESET = failure('ECONNRESET');
const EXHAUSTED = failure('x', '{"error":{"status":"RESOURCE_EXHAUSTED"}}');

function storeOn(plan: CommitFailure[]): { store: OperationStore; commits: () => number } {
  const { client, commits } = fakeFirestore(plan);
  let writers = 0;
  const options = { projectId: 'p', databaseId: '(default)' };
  const store = firestoreOperations(
    options,
    'c',
    storedDocuments,
    new VirtualClock(),
    client,
    () => `writer-${(writers += 1)}`,
  );
  return { store, commits };
}

const claimOperation = (store: OperationStore): Promise<ClaimResult> =>
  store.create('op', claim('f', LEASE_US, KEPT_US));

for (const error of [RESET, EXHAUSTED])
  for (const at of ['before', 'after'] as const) {
    test(`a commit that fails once ${at} it is written by ${error.message} is retried and finds its own write`, async () => {
      const { store } = storeOn([{ at, error }]);
      const begun = await claimOperation(store);
      assert.ok(begun.kind === 'acquired', begun.kind);
      // The lease is this caller's: its end is written, and another caller is answered from it.
      assert.equal(
        await store.replaceOwn('op', complete(begun.lease, { event: 'success', outcome: '{}' }, KEPT_US)),
        true,
      );
      assert.equal((await claimOperation(store)).kind, 'completed');
    });

    test(`the end of an operation, failing once ${at} it is written by ${error.message}, is written once`, async () => {
      const plan: CommitFailure[] = [];
      const { store } = storeOn(plan);
      const begun = await claimOperation(store);
      assert.ok(begun.kind === 'acquired');
      plan.push({ at, error });
      assert.equal(
        await store.replaceOwn('op', complete(begun.lease, { event: 'success', outcome: '{}' }, KEPT_US)),
        true,
      );
      assert.equal((await claimOperation(store)).kind, 'completed');
    });
  }

for (const at of ['before', 'after'] as const)
  test(`a write of another caller is not treated as its own, whose commit fails ${at} it is applied`, async () => {
    const { store } = storeOn([{ at, error: RESET }]);
    const claimed = await Promise.all([claimOperation(store), claimOperation(store)]);
    assert.deepEqual(claimed.map(({ kind }) => kind).sort(), ['acquired', 'inProgress']);
  });

test('a dead letter whose commit fails once is written: a repeat writes the same', async () => {
  const letter = { id: 'l', operationId: 'o', atMs: 1, reason: 'R', message: '', fingerprint: '', keyVersion: 0 };
  for (const at of ['before', 'after'] as const) {
    const { client, commits } = fakeFirestore([{ at, error: RESET }]);
    const letters = firestoreDeadLetters({ projectId: 'p', databaseId: '(default)' }, 'c', storedDocuments, client);
    await letters.put({ ...letter, original: null, replayedMs: 0 }, 1000);
    assert.equal(commits(), 2);
  }
  const { client } = fakeFirestore([{ at: 'before', error: failure('ERR_INVALID_ARG_TYPE') }]);
  const letters = firestoreDeadLetters({ projectId: 'p', databaseId: '(default)' }, 'c', storedDocuments, client);
  await assert.rejects(letters.put({ ...letter, original: null, replayedMs: 0 }, 1000), isStoreFault);
});

test('an unreachable store is unanswered after two commits', async () => {
  const { store, commits } = storeOn([
    { at: 'before', error: RESET },
    { at: 'before', error: RESET },
  ]);
  await assert.rejects(claimOperation(store), isStoreUnavailable);
  assert.equal(commits(), 2);
});

test('a program error is not reported as a silent store', async () => {
  const { store, commits } = storeOn([{ at: 'before', error: failure('ERR_INVALID_ARG_TYPE') }]);
  await assert.rejects(claimOperation(store), isStoreFault);
  assert.equal(commits(), 1);
});

// The token endpoint's error is not the service's: https://www.rfc-editor.org/rfc/rfc6749#section-5.2,
// https://cloud.google.com/compute/docs/access/authenticate-workloads#applications
test('rejected credentials are reported neither as a silent service nor as its rejection of a call', async () => {
  const answered = (status: number, url: string): Error =>
    Object.assign(failure('x', 'invalid_grant'), { status, config: { url } });
  const cases: readonly (readonly [number, string, string])[] = [
    [400, 'https://oauth2.googleapis.com/token', 'UNAUTHENTICATED'],
    [401, 'https://sts.googleapis.com/v1/token', 'UNAUTHENTICATED'],
    [
      403,
      'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a@b:generateAccessToken',
      'UNAUTHENTICATED',
    ],
    [404, 'http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/token', 'UNAUTHENTICATED'],
    [500, 'https://oauth2.googleapis.com/token', 'INTERNAL'],
    [429, 'https://oauth2.googleapis.com/token', 'RESOURCE_EXHAUSTED'],
    [400, 'https://pubsub.googleapis.com/v1/projects/p/topics/t:publish', 'INVALID_ARGUMENT'],
    [404, 'https://firestore.googleapis.com/v1/projects/p', 'NOT_FOUND'],
  ];
  for (const [status, url, wanted] of cases) assert.equal(grpcStatusOf(answered(status, url)), wanted, url);
  const { store } = storeOn([{ at: 'before', error: answered(400, 'https://oauth2.googleapis.com/token') }]);
  await assert.rejects(
    claimOperation(store),
    (error) => /gcloud auth application-default login.*invalid_grant/.test(String(error)) && isStoreFault(error),
  );
});
