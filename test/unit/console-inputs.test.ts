/** Inputs and plans of the console's forms, rendered to HTML without a browser. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { PlanView } from '../../shared/console/form/result/plan-view.tsx';
import { TextInput } from '../../shared/console/form/fields/inputs/text-input.tsx';

const CONTROL = {
  id: 'c',
  'aria-describedby': undefined,
  'aria-invalid': undefined,
  'aria-required': undefined,
  'data-field': 'Description',
} as const;

const rendered = (value: unknown): string =>
  renderToStaticMarkup(
    createElement(TextInput, { kind: 'text', schema: {}, value, control: CONTROL, onChange: () => undefined }),
  );

test('a text with line breaks keeps them: an input of one line would drop them', () => {
  // https://html.spec.whatwg.org/multipage/input.html#text-(type=text)-state-and-search-state-(type=search)
  assert.match(rendered('two\nlines'), /<textarea[^>]*>two\nlines<\/textarea>/);
  assert.match(rendered('one line'), /^<input .*value="one line"/);
});

test('a plan says that a parameter is empty, which clears a field at Stripe', () => {
  // https://docs.stripe.com/api/metadata: an empty string unsets a value.
  const body = { description: '', metadata: { tier: 'gold' } };
  const requests = [{ method: 'POST', path: '/v1/customers/cus_1', query: {}, body, headers: {} }];
  const html = renderToStaticMarkup(createElement(PlanView, { requests, rows: undefined }));
  assert.match(html, /<code>description<\/code><\/dt><dd><span class="muted">empty<\/span>/);
  assert.match(html, /<code>metadata\[tier\]<\/code><\/dt><dd>gold<\/dd>/);
});
