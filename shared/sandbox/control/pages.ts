import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';

/** Escapes a text for HTML content or an attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The style of all pages: one column at every width, and colors that follow the browser's color scheme. */
const STYLE = `:root{color-scheme:light dark}
*{box-sizing:border-box}
body{margin:0;font:16px/1.5 system-ui,sans-serif;background:Canvas;color:CanvasText}
main{max-width:34rem;margin:0 auto;padding:1.5rem 1rem 3rem}
h1{font-size:1.4rem;margin:0 0 1rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}
p{margin:.5rem 0}.note{opacity:.75;font-size:.9rem}
.error{border-left:4px solid #c0123c;padding:.25rem .75rem}
table{width:100%;border-collapse:collapse;margin:0 0 1rem}
td,th{padding:.4rem 0;text-align:left;vertical-align:top;overflow-wrap:anywhere}
td:last-child,th:last-child{text-align:right;white-space:nowrap;padding-left:1rem}
tr+tr td{border-top:1px solid color-mix(in srgb,CanvasText 15%,transparent)}
tr.total td{font-weight:600}
label{display:block;margin:.75rem 0 .25rem;font-size:.9rem}
input,select,button{font:inherit;padding:.55rem .7rem;border-radius:.4rem;border:1px solid #8a8f98;width:100%;background:Field;color:FieldText}
button{background:#3b41c5;border-color:#3b41c5;color:#fff;margin-top:1rem;cursor:pointer}
button.plain{background:transparent;color:inherit;border-color:#8a8f98}
td input{width:5rem;padding:.2rem .5rem}
td form button{width:auto;margin:0;padding:.2rem .6rem}
a{color:LinkText}`;

const STYLE_HASH = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

/** Sends an HTML page. Its Content-Security-Policy allows no scripts. `html` is the content, already escaped. */
export function sendPage(response: ServerResponse, status: number, html: string, title = 'Sandbox'): void {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src ${STYLE_HASH}; form-action *; base-uri 'none'; frame-ancestors 'none'`,
  };
  response
    .writeHead(status, headers)
    .end(
      `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(title)}</title><style>${STYLE}</style><main>${html}</main></html>`,
    );
}

/** The test cards that the pages suggest. https://docs.stripe.com/testing */
const SUGGESTED_CARDS = [
  ['pm_card_visa', 'Visa, succeeds'],
  ['pm_card_mastercard', 'Mastercard, succeeds'],
  ['pm_card_threeDSecure2Required', 'Visa, requires authentication'],
  ['pm_card_visa_chargeDeclined', 'Visa, is declined'],
  ['pm_card_visa_chargeDeclinedInsufficientFunds', 'Visa, has insufficient funds'],
  ['pm_card_chargeCustomerFail', 'Visa, can be saved, later payments are declined'],
] as const;

/** Returns the form field for a test card, with suggestions. */
export function cardField(): string {
  const options = SUGGESTED_CARDS.map(([id, text]) => `<option value="${id}">${text}</option>`).join('');
  return `<label for="card">Test card</label><input id="card" name="payment_method" value="pm_card_visa" list="cards" autocomplete="off" required><datalist id="cards">${options}</datalist>`;
}

/** Returns a form field with its label. */
export function textField(name: string, label: string, value = '', attributes = ''): string {
  const id = name.replace(/[^a-z0-9]/gi, '-');
  return `<label for="${id}">${escapeHtml(label)}</label><input id="${id}" name="${escapeHtml(name)}" value="${escapeHtml(value)}" ${attributes}>`;
}
