/** The generators of protobufjs in the bundle generate at the first call, and generate the same. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';
import protobuf from 'protobufjs/light.js';

type Generator = (type: protobuf.Type) => (dependencies: object) => (...args: unknown[]) => unknown;

const load = createRequire(path.resolve('package.json'));
const deferred = load('./infra/bundles/aliases/deferred-codegen.cjs') as <T>(generators: T) => T;
const encoder = load('protobufjs/src/encoder') as Generator;
const converter = load('protobufjs/src/converter') as Record<'fromObject' | 'toObject', Generator>;

const amount = new protobuf.Type('Amount').add(new protobuf.Field('units', 1, 'int32'));
const { Writer, util } = protobuf;
const bytesOf = (written: unknown): string => Buffer.from((written as protobuf.Writer).finish()).toString('hex');

test('a deferred generator writes the same bytes', () => {
  const dependencies = { Writer, types: [null], util };
  const encode = deferred(encoder)(amount)(dependencies);
  assert.equal(bytesOf(encode({ units: 150 })), '089601');
  assert.equal(bytesOf(encode({ units: 150 })), bytesOf(encoder(amount)(dependencies)({ units: 150 })));
});

test('a module of generators is deferred one by one, with `this` of the call', () => {
  const { fromObject, toObject } = deferred({ ...converter });
  const message = fromObject(amount)({ types: [null], util }).call(amount, { units: '7' });
  assert.deepEqual({ ...(message as object) }, { units: 7 });
  assert.deepEqual(toObject(amount)({ types: [null], util }).call(amount, message, {}), { units: 7 });
});

test('nothing is generated before the first call, and then once', () => {
  let generated = 0;
  const count: Generator = () => () => {
    generated += 1;
    return () => generated;
  };
  const call = deferred(count)(amount)({});
  assert.equal(generated, 0);
  assert.deepEqual([call(), call()], [1, 1]);
});
