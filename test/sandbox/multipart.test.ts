/** The boundary of a form, as RFC 2046 section 5.1.1 writes it: https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundaryOf } from '../../shared/sandbox/protocol/parameters/multipart.ts';

const CASES: readonly (readonly [contentType: string | undefined, boundary: string | undefined])[] = [
  ['multipart/form-data; boundary=abc', 'abc'],
  ['Multipart/Form-Data ; Boundary=abc  ', 'abc'],
  ['multipart/form-data; boundary="gc0p4Jq0M2Yt08jU534c0p"', 'gc0p4Jq0M2Yt08jU534c0p'],
  ['multipart/form-data; boundary="in two words" ', 'in two words'],
  [`multipart/form-data; boundary=${'x'.repeat(70)}`, 'x'.repeat(70)],
  [`multipart/form-data; boundary=${'x'.repeat(71)}`, undefined],
  ['multipart/form-data; boundary=in two words', undefined],
  ['multipart/form-data; boundary="open', undefined],
  ['multipart/form-data', undefined],
  ['multipart/mixed; boundary=abc', undefined],
  [undefined, undefined],
];
for (const [contentType, boundary] of CASES)
  test(`the boundary of ${String(contentType).slice(0, 60)} is ${String(boundary).slice(0, 20)}`, () =>
    assert.equal(boundaryOf(contentType), boundary));
