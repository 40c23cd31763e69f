import { createHmac } from 'node:crypto';
import { make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import type { Account, Stored } from '../store.ts';

/** Signing secrets by endpoint: Stripe shows one at its creation, and never again. */
const secrets = new WeakMap<Account, Map<string, string>>();

export function createWebhookEndpoint(context: Context): Stored {
  const endpoint = make(context, 'WebhookEndpoint', context.params);
  const secret = `whsec_${context.ids.letters(32)}`;
  const known = secrets.get(context.account) ?? new Map<string, string>();
  secrets.set(context.account, known.set(endpoint.id, secret));
  Object.assign(endpoint, { status: 'enabled' });
  delete endpoint['secret'];
  return { ...endpoint, secret };
}

export function updateWebhookEndpoint(context: Context, endpoint: Stored): void {
  const { disabled } = context.params;
  if (disabled !== undefined) endpoint['status'] = disabled === true ? 'disabled' : 'enabled';
}

/** Delivers an event to the endpoints that asked for its type, on this machine alone. Once: the sandbox does not retry. */
export function deliver(account: Account, event: Stored): void {
  for (const endpoint of account.all('webhook_endpoint')) {
    const types = endpoint['enabled_events'] as readonly string[];
    const secret = secrets.get(account)?.get(endpoint.id);
    const url = String(endpoint['url']);
    if (secret === undefined || endpoint['status'] !== 'enabled' || !/^http:\/\/(localhost|127\.0\.0\.1)[:/]/.test(url))
      continue;
    if (!types.includes('*') && !types.includes(String(event['type']))) continue;
    const body = JSON.stringify(event);
    const t = Math.floor(Date.now() / 1000);
    const v1 = createHmac('sha256', secret).update(`${t}.${body}`).digest('hex');
    const headers = { 'content-type': 'application/json; charset=utf-8', 'stripe-signature': `t=${t},v1=${v1}` };
    // Nobody there: as at Stripe, the write that caused it does not fail.
    fetch(url, { method: 'POST', headers, body }).catch(() => undefined);
  }
}

export const webhookEndpoints: Feature = {
  entities: { WebhookEndpoint: { create: createWebhookEndpoint, update: updateWebhookEndpoint } },
};
