import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest, pascal, resolvePascal } from '../../shared/catalog/names.ts';
import type { Fields } from '../../shared/catalog/types.ts';

const fields: Fields = {
  address: { type: { object: { city: { type: 'string' }, line1: { type: 'string' } } } },
  payment_method: { type: 'string' },
  payment_method_options: { type: { object: { card: { type: { object: { network: { type: 'string' } } } } } } },
};

for (const [snake, expected] of [
  ['id', 'Id'],
  ['preferred_locales', 'PreferredLocales'],
  ['line1', 'Line1'],
  ['p24', 'P24'],
  ['ip_address', 'IpAddress'],
] as const) {
  test(`${snake} is the column ${expected}`, () => assert.equal(pascal(snake), expected));
}

for (const [name, path] of [
  ['AddressCity', 'address.city'],
  ['Address', 'address'],
  ['PaymentMethod', 'payment_method'],
  ['PaymentMethodOptionsCardNetwork', 'payment_method_options.card.network'],
  ['AddressTown', undefined],
  ['address', undefined],
] as const) {
  test(`${name} means ${path ?? 'nothing'}`, () => assert.equal(resolvePascal(name, fields)?.path.join('.'), path));
}

test('the suggested name has the fewest edits; distant names give none', () => {
  assert.equal(nearest('PaymentMethd', ['Amount', 'PaymentMethod', 'PaymentMethodData']), 'PaymentMethod');
  assert.equal(nearest('Xyz', ['Amount', 'Currency']), undefined);
});
