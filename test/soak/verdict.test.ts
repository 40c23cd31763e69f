/** The soak's verdict can be bad: each thing that must not be, planted, is counted. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Got } from '../emulator/pubsub.ts';
import type { WriteEffect } from '../../shared/sandbox/events/events.ts';
import type { ReceivedRequest } from '../../shared/sandbox/protocol/parameters/received.ts';
import type { Operation } from './operations.ts';
import { verdict, type Remains } from './verdict.ts';
import type { Worker } from './workers.ts';

const operation = (id: string, more: Partial<Operation> = {}): Operation => ({
  id,
  ask: {},
  ends: 'succeeded',
  copies: 1,
  ...more,
});
const effect = (idempotencyKey: string): WriteEffect => ({
  method: 'POST',
  path: '/v1/customers',
  requestId: 'req',
  idempotencyKey,
  response: {},
});
const got = (operationId: string, outcome = 'succeeded', id = operationId): Got => ({
  data: '{}',
  attributes: { operationId, outcome, 'ce-id': id },
  orderingKey: '',
});
const request = (idempotencyKey: string, at: number, more: Partial<ReceivedRequest> = {}): ReceivedRequest => ({
  method: 'POST',
  path: '/v1/customers',
  query: '',
  body: '',
  at,
  doneAt: at + 10,
  clean: true,
  status: 200,
  key: 'one',
  idempotencyKey,
  ...more,
});
const worker = (key: string, killedAt?: number): Worker =>
  ({ key, has: new Set(), ...(killedAt === undefined ? {} : { killedAt }) }) as unknown as Worker;

const GOOD: Remains = {
  operations: [operation('a'), operation('b'), operation('no', { ends: 'failed' })],
  effects: [effect('a'), effect('b')],
  requests: [request('a', 0), request('b', 100), request('no', 200, { status: 402 })],
  workers: [worker('one'), worker('two')],
  results: [got('a'), got('a'), got('b'), got('no', 'failed')],
  deadLetters: [got('no')],
  acknowledged: new Map([
    ['a', 50],
    ['b', 150],
    ['no', 250],
  ]),
  states: { succeeded: 2, failed: 1 },
  limit: 10,
};

const missed = (change: Partial<Remains>): string[] =>
  verdict({ ...GOOD, ...change })
    .filter(({ value, bar }) => value !== bar)
    .map(({ name }) => name);

test('a correct run has no findings', () => assert.deepEqual(missed({}), []));

const CASES: readonly (readonly [string, Partial<Remains>])[] = [
  ['operations lost: no effect, or no result', { effects: [effect('a')] }],
  ['operations lost: no effect, or no result', { results: [got('a'), got('no', 'failed')] }],
  ['operations with more than one effect', { effects: [...GOOD.effects, effect('a')] }],
  ['operations with more than one effect', { effects: [...GOOD.effects, effect('a~1')] }],
  ['refused payments that had an effect, or another result', { effects: [...GOOD.effects, effect('no')] }],
  ['refused payments that are no dead letter', { deadLetters: [] }],
  ['dead letters of anything else', { deadLetters: [...GOOD.deadLetters, got('a')] }],
  ['operations with results of two ids', { results: [...GOOD.results, got('a', 'succeeded', 'other')] }],
  ['operations sent under two keys', { requests: [...GOOD.requests, request('a~1', 20, { key: 'two' })] }],
  ['concurrent requests of the same operation', { requests: [...GOOD.requests, request('a', 5, { key: 'two' })] }],
  ['requests of a worker after its definite answer', { requests: [...GOOD.requests, request('a', 20)] }],
  ['requests after the acknowledgement', { requests: [...GOOD.requests, request('a', 60, { key: 'two' })] }],
  ['leases left', { states: { succeeded: 2, failed: 1, calling: 1 } }],
  ['operations on record', { states: { succeeded: 2 } }],
  ['requests a second above the limit', { limit: 2 }],
];
for (const [name, change] of CASES)
  test(`detects: ${name}`, () => assert.ok(missed(change).includes(name), missed(change).join()));

test('a killed caller is not counted, whenever its connection closes', () => {
  const requests = [request('a', 0, { doneAt: 30_000 }), request('a', 20_000, { key: 'two' })];
  const change = { requests, acknowledged: new Map<string, number>() };
  assert.ok(missed(change).includes('concurrent requests of the same operation'));
  assert.deepEqual(missed({ ...change, workers: [worker('one', 100), worker('two')] }), []);
});
