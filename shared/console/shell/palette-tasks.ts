import type { ConsoleCatalog } from '../api/discovery.ts';
import { searchKey } from '../format/words.ts';
import { hashOf } from '../state/hash.ts';
import { THEMES } from '../state/theme.ts';
import type { PaletteCandidate } from './palette-items.ts';

/** Pages with a filter that answers a common question. */
export const SAVED_VIEWS: readonly { readonly hash: string; readonly text: string; readonly words: string }[] = [
  {
    hash: hashOf(['requests'], { outcome: 'card_declined' }),
    text: 'Declined cards',
    words: 'declined carddeclined declinedcards',
  },
  {
    hash: hashOf(['operations'], { state: 'indeterminate' }),
    text: 'Operations with an unknown outcome',
    words: 'unknown indeterminate unknownoutcome',
  },
  {
    hash: hashOf(['operations'], { state: 'failed' }),
    text: 'Operations that failed',
    words: 'failed errors failedoperations',
  },
  {
    hash: hashOf(['entity', 'Invoice'], { filter: "Status = 'open'" }),
    text: 'Unpaid invoices',
    words: 'unpaid unpaidinvoices openinvoices',
  },
];

/**
 * A task in the words of people who accept payments, the form for the task, and more words by which the palette finds
 * it.
 */
type TaskRow = readonly [text: string, form: `${string}.${string}`, words: string];

const TASKS: readonly TaskRow[] = [
  ['Take a payment', 'PaymentIntent.Create', 'charge pay'],
  ['Refund a payment', 'Refund.Create', 'moneyback giveback reimburse'],
  ['Capture a payment', 'action.CapturePaymentIntent', ''],
  ['Cancel a payment', 'action.CancelPaymentIntent', ''],
  ['Cancel a subscription', 'action.CancelSubscription', 'unsubscribe endsubscription'],
  ['Cancel a subscription', 'Subscription.Delete', 'unsubscribe endsubscription'],
  ['Start a subscription', 'Subscription.Create', 'subscribe'],
  ['Change a subscription', 'Subscription.Update', 'upgrade downgrade changeplan'],
  ['Send an invoice', 'action.SendInvoice', ''],
  ['Add a customer', 'Customer.Create', 'newcustomer'],
  ['Change a customer', 'Customer.Update', 'editcustomer'],
  ['Create a payment link', 'PaymentLink.Create', ''],
  ['Answer a dispute', 'Dispute.Update', 'chargeback evidence'],
  ['Pay out to the bank', 'Payout.Create', 'payout withdraw'],
  ['Set a price', 'Price.Create', ''],
  ['Give a discount', 'Coupon.Create', 'coupon promotion'],
  ['Receive webhooks', 'WebhookEndpoint.Create', 'webhook endpoint listen'],
];

/** The tasks whose form the connector offers. A task with two forms has the first form that is offered. */
export function taskCandidates({ entities, actions }: ConsoleCatalog): PaletteCandidate[] {
  const offered = TASKS.filter(([, form]) => {
    const [entity = '', operation = ''] = form.split('.');
    return entity === 'action'
      ? actions.some(({ name }) => name === operation)
      : entities.some(({ name, operations }) => name === entity && operations.includes(operation));
  });
  return offered
    .filter(([text], index) => offered.findIndex(([other]) => other === text) === index)
    .map(([text, form, words]) => {
      const [entity = '', operation = ''] = form.split('.');
      return {
        hash: hashOf(entity === 'action' ? ['action', operation] : ['entity', entity, operation]),
        text,
        kind: 'Task',
        note: entity === 'action' ? undefined : `${operation} ${entity}`,
        keys: [searchKey(text), searchKey(text.replace(/ (a|an|the|to) /g, ' ')), ...words.split(' ').filter(Boolean)],
      };
    });
}

/** Pages of the documentation on the local server, with more words by which the palette finds them. */
const DOCUMENTATION: readonly (readonly [text: string, path: string, words: string])[] = [
  ['Documentation', '', 'docs help manual guide tutorial'],
  ['Documentation: console', 'reference/console', ''],
  ['Documentation: filter clause', 'reference/filters', 'where sql syntax'],
  ['Documentation: errors', 'reference/errors', 'reasons'],
  ['Documentation: idempotency', 'reference/idempotency', 'operationid retry repeat'],
  ['Documentation: rate limit', 'reference/rate-limit', 'limiter 429'],
  ['Documentation: settings', 'reference/settings', 'configuration'],
  ['Documentation: command', 'reference/command', 'cli terminal'],
];

export function documentationCandidates(): PaletteCandidate[] {
  return DOCUMENTATION.map(([text, path, words]) => ({
    hash: `/docs/${path}`,
    text,
    kind: 'Docs',
    keys: [searchKey(text), searchKey(`docs ${path.replace(/^.*\//, '')}`), ...words.split(' ').filter(Boolean)],
  }));
}

/** Lines that set the theme of the console. */
export const THEME_CANDIDATES: readonly PaletteCandidate[] = THEMES.map((theme) => ({
  hash: `theme ${theme}`,
  theme,
  text: `Theme: ${theme}`,
  kind: 'Theme',
  keys: [`theme${theme}`, `${theme}mode`, `${theme}theme`, 'colors'],
}));

/** Lines that open the export menu of an entity. */
export function exportCandidates({ entities }: ConsoleCatalog): PaletteCandidate[] {
  return entities
    .filter(({ operations }) => operations.includes('List'))
    .map(({ name }) => ({
      hash: hashOf(['entity', name], { export: 'rows' }),
      text: `Export ${name}`,
      kind: 'Export',
      note: 'CSV, JSON, NDJSON',
      keys: [searchKey(`export ${name}`), searchKey(`download ${name}`), searchKey(`csv ${name}`)],
    }));
}
