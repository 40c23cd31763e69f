import { SANDBOX_KEY, type Sandbox } from '../../shared/sandbox/server.ts';

/** One operation of the soak: what is asked, how it must end, and what its effect is counted by. */
export interface Operation {
  readonly id: string;
  readonly ask: object;
  readonly ends: 'succeeded' | 'failed';
  /** The path of a DELETE, which carries no key; undefined where the key tells. */
  readonly deletes?: string;
  /** How often its message is published. */
  readonly copies: number;
}

/** Numbers in [0, 1) that a seed repeats. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Operations of every kind, with the objects that they need; a fifth of them is published twice or more. */
export async function makeOperations(sandbox: Sandbox, count: number, chance: () => number): Promise<Operation[]> {
  const operations: Operation[] = [];
  for (let index = 0; index < count; index += 1) {
    const id = `soak-${index}`;
    const copies = chance() < 0.2 ? 2 + Math.floor(chance() * 3) : 1;
    operations.push({ id, copies, ...(await operation(sandbox, id, chance())) });
  }
  return operations;
}

async function operation(sandbox: Sandbox, id: string, draw: number): Promise<Omit<Operation, 'id' | 'copies'>> {
  const payment = { Amount: 1500, Currency: 'usd', Confirm: true, ReturnUrl: 'https://example.com' };
  if (draw < 0.4) return { ends: 'succeeded', ask: created('Customer', { Name: id }) };
  if (draw < 0.6)
    return { ends: 'succeeded', ask: created('PaymentIntent', { ...payment, PaymentMethod: 'pm_card_visa' }) };
  if (draw < 0.65)
    return { ends: 'failed', ask: created('PaymentIntent', { ...payment, PaymentMethod: 'pm_card_chargeDeclined' }) };
  if (draw < 0.8) {
    const intent = await made(sandbox, '/v1/payment_intents', 'amount=1500&currency=usd&payment_method=pm_card_visa');
    const connectorInputPayload = { PaymentIntentId: intent, ReturnUrl: 'https://example.com' };
    return { ends: 'succeeded', ask: { action: 'ConfirmPaymentIntent', connectorInputPayload } };
  }
  const entityId = await made(sandbox, '/v1/customers', 'name=before');
  if (draw < 0.95)
    return {
      ends: 'succeeded',
      ask: { operation: 'Update', entity: 'Customer', entityId, connectorInputPayload: { Name: id } },
    };
  return {
    ends: 'succeeded',
    ask: { operation: 'Delete', entity: 'Customer', entityId },
    deletes: `/v1/customers/${entityId}`,
  };
}

function created(entity: string, connectorInputPayload: object): object {
  return { function: 'create-entity', entity, connectorInputPayload };
}

async function made(sandbox: Sandbox, path: string, body: string): Promise<string> {
  const answer = await fetch(sandbox.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${SANDBOX_KEY}`, 'content-type': 'application/x-www-form-urlencoded' },
    body,
  });
  return ((await answer.json()) as { id: string }).id;
}
