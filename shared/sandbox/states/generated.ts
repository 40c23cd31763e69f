import type { Context } from '../context.ts';
import type { StoredObject } from '../store.ts';

type FieldGenerator = (object: StoredObject, context: Context) => Readonly<Record<string, unknown>>;

const MINUTE = 60;

const clientSecret: FieldGenerator = ({ id }, { ids }) => ({ client_secret: `${id}_secret_${ids.letters(25)}` });

/** Returns a generator for the field `url`: a page on Stripe's site, which the sandbox does not serve. */
function hostedPage(host: string): FieldGenerator {
  return ({ id }) => ({ url: `https://${host}.stripe.com/${id}` });
}

/**
 * The fields that Stripe generates for a new object, by entity, such as URLs, secrets and expiry times. Stripe
 * documents them at `https://docs.stripe.com/api/<resource>/object`.
 */
const GENERATED: Readonly<Record<string, FieldGenerator>> = {
  AccountLink: ({ id }, { now }) => ({ url: `https://connect.stripe.com/setup/s/${id}`, expires_at: now + 5 * MINUTE }),
  AccountSession: (session, context) => ({ ...clientSecret(session, context), expires_at: context.now + 10 * MINUTE }),
  'Billing.Meter': ({ customer_mapping: mapping, value_settings: settings }) => ({
    customer_mapping: { type: 'by_id', ...withDefaultText(mapping, 'event_payload_key', 'stripe_customer_id') },
    value_settings: withDefaultText(settings, 'event_payload_key', 'value'),
  }),
  'Billing.MeterEvent': ({ identifier }, { ids }) => ({ identifier: identifier === '' ? ids.letters(32) : identifier }),
  CustomerSession: (session, context) => ({ ...clientSecret(session, context), expires_at: context.now + 30 * MINUTE }),
  EphemeralKey: ({ id }, { now, ids }) => ({ secret: `ek_test_${id}${ids.letters(20)}`, expires: now + 60 * MINUTE }),
  FileLink: hostedPage('files'),
  'FinancialConnections.Session': clientSecret,
  LoginLink: hostedPage('connect'),
  'Identity.VerificationSession': (session, context) => ({
    ...clientSecret(session, context),
    ...hostedPage('verify')(session, context),
  }),
  'Radar.ValueList': () => ({ created_by: 'API' }),
  'Radar.ValueListItem': () => ({ created_by: 'API' }),
  'Terminal.Reader': ({ id }) => ({ serial_number: id.slice(-10) }),
};

/** Returns a copy of the hash `value` that has `text` under `name`, unless the hash already has a text there. */
function withDefaultText(value: unknown, name: string, text: string): object {
  const hash = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  return { ...hash, [name]: hash[name] === undefined || hash[name] === '' ? text : hash[name] };
}

/** Sets the fields of a new object that Stripe generates. */
export function generateFields(context: Context, entity: string, object: StoredObject): void {
  const fields = GENERATED[entity]?.(object, context) ?? {};
  for (const [name, value] of Object.entries(fields)) object[name] = value;
}
