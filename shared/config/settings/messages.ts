import { EVENT_TYPES } from '../event-type.ts';
import { allowlist, boolean, integer, oneOf, secretVersions, stringList, text, topic } from '../validators.ts';
import { setting } from './setting.ts';

/** Settings for Pub/Sub messages and Stripe's events. */
export const messageSettings = () => ({
  automation_topic: setting('Pub/Sub topic of the messages that request operations', topic()),
  automation_allowlist: setting(
    'operations (Create, Customer.Create) and actions that messages may request, or *; default List, Get; all if open locally',
    allowlist('Create, Customer.Create'),
  ),
  results_topic: setting('Pub/Sub topic for the results of messages; without it none are published', topic()),
  dead_letter_topic: setting(
    'Pub/Sub topic for requests that failed permanently; required for automation unless open locally',
    topic(),
  ),
  max_delivery_attempts: setting(
    'maximum deliveries of one message, 5 to 100; then it is dead-lettered',
    integer(5, 100),
    100,
  ),
  events_topic: setting("Pub/Sub topic for Stripe's events; required for stripe-events", topic()),
  event_types: setting(
    "types of Stripe's events to publish: invoice.paid, invoice.*, or *",
    stringList(EVENT_TYPES, "1 to 500 types of Stripe's events: invoice.paid, invoice.*, or *", 500, 1),
    ['*'],
  ),
  event_payload: setting(
    "how Stripe sends events that it has in both forms: snapshot, or thin (the object's id only, read on arrival)",
    oneOf(['snapshot', 'thin']),
    'snapshot',
  ),
  events_from: setting(
    "whose events stripe-connector webhooks sync subscribes: self (the own account's), accounts (the connected accounts'), all; default all with allowed_accounts, else self",
    oneOf(['self', 'accounts', 'all']),
  ),
  events_refetch: setting(
    "publishes the object's current state, read through the rate limiter: true always, false never; default thin events only",
    boolean(),
  ),
  webhook_secrets: setting(
    'Secret Manager versions of the signing secrets, several during a rotation; required for stripe-events in the cloud',
    // Enough for four destinations that each have two secrets during a rotation.
    secretVersions(10),
    [],
  ),
  webhook_url: setting(
    'URL of the deployed stripe-events function, for stripe-connector webhooks sync',
    text(/^https?:\/\/[^\s/]+(\/\S*)?$/, 'an http or https URL'),
  ),
});
