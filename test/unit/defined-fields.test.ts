import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definedFields } from '../../shared/defined-fields.ts';

test('drops the fields that are undefined and keeps the order of the others', () => {
  const fields = definedFields({
    z: null,
    absent: undefined,
    flag: false,
    text: '',
    count: 0,
    a: { inner: undefined },
  });
  assert.deepEqual(Object.keys(fields), ['z', 'flag', 'text', 'count', 'a']);
  // A value is not changed.
  assert.deepEqual(fields, { z: null, flag: false, text: '', count: 0, a: { inner: undefined } });
});

test('a later field that is undefined removes the earlier one', () => {
  assert.deepEqual(definedFields({ ...{ name: 'a', kept: 1 }, name: undefined }), { kept: 1 });
});
