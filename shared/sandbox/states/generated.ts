import type { Context } from '../context.ts';
import type { Stored } from '../store.ts';

type Generated = (object: Stored, context: Context) => Readonly<Record<string, unknown>>;

const MINUTE = 60;

const secret: Generated = ({ id }, { ids }) => ({ client_secret: `${id}_secret_${ids.letters(25)}` });

/** A page on Stripe's site; the sandbox serves no page there. */
function hostedPage(host: string): Generated {
  return ({ id }) => ({ url: `https://${host}.stripe.com/${id}` });
}

/**
 * Fields that Stripe generates for a new object, by entity: addresses, secrets, ends of a short life. Each comes from the
 * page of the object: `https://docs.stripe.com/api/<resource>/object`.
 */
const GENERATED: Readonly<Record<string, Generated>> = {
  AccountLink: ({ id }, { now }) => ({ url: `https://connect.stripe.com/setup/s/${id}`, expires_at: now + 5 * MINUTE }),
  AccountSession: (session, context) => ({ ...secret(session, context), expires_at: context.now + 10 * MINUTE }),
  'Billing.Meter': ({ customer_mapping: mapping, value_settings: settings }) => ({
    customer_mapping: { type: 'by_id', ...withMember(mapping, 'event_payload_key', 'stripe_customer_id') },
    value_settings: withMember(settings, 'event_payload_key', 'value'),
  }),
  'Billing.MeterEvent': ({ identifier }, { ids }) => ({ identifier: identifier === '' ? ids.letters(32) : identifier }),
  CustomerSession: (session, context) => ({ ...secret(session, context), expires_at: context.now + 30 * MINUTE }),
  EphemeralKey: ({ id }, { now, ids }) => ({ secret: `ek_test_${id}${ids.letters(20)}`, expires: now + 60 * MINUTE }),
  FileLink: hostedPage('files'),
  'FinancialConnections.Session': secret,
  LoginLink: hostedPage('connect'),
  'Identity.VerificationSession': (session, context) => ({
    ...secret(session, context),
    ...hostedPage('verify')(session, context),
  }),
  'Radar.ValueList': () => ({ created_by: 'API' }),
  'Radar.ValueListItem': () => ({ created_by: 'API' }),
  'Terminal.Reader': ({ id }) => ({ serial_number: id.slice(-10) }),
};

function withMember(value: unknown, name: string, text: string): object {
  const hash = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  return { ...hash, [name]: hash[name] === undefined || hash[name] === '' ? text : hash[name] };
}

/** Sets what Stripe generates on a new object. */
export function generateValue(context: Context, entity: string, object: Stored): void {
  const fields = GENERATED[entity]?.(object, context) ?? {};
  for (const [name, value] of Object.entries(fields)) object[name] = value;
}
