import { bad } from '../refusal.ts';
import { isPlain, type Account, type Stored } from '../store.ts';

/** Lists that Stripe includes only where they are asked for. */
const INCLUDABLE: Readonly<Record<string, (object: Stored, account: Account) => Stored[]>> = {
  'invoice.payments': (invoice, account) =>
    account.all('invoice_payment').filter((payment) => payment['invoice'] === invoice.id),
  'customer.subscriptions': (customer, account) =>
    account.all('subscription').filter((one) => one['customer'] === customer.id),
  'customer.sources': () => [],
  'customer.tax_ids': (customer, account) => account.all('tax_id').filter((one) => one['customer'] === customer.id),
};

/** A copy of an answer with the asked paths expanded, at most four levels. https://docs.stripe.com/api/expanding_objects */
export function expanded(answer: unknown, paths: readonly string[], account: Account): unknown {
  return paths.reduce<unknown>((tree, path) => {
    const segments = path.split('.');
    if (segments.length > 4) throw bad('You cannot expand more than 4 levels of a property', { param: 'expand' });
    return along(tree, segments, path, account);
  }, structuredClone(answer));
}

function along(node: unknown, segments: readonly string[], path: string, account: Account): unknown {
  if (Array.isArray(node)) return node.map((item) => along(item, segments, path, account));
  const [segment, ...rest] = segments;
  if (segment === undefined || node === null || node === undefined) return node;
  if (!isPlain(node)) throw cannot(path);
  const include = INCLUDABLE[`${String(node['object'])}.${segment}`];
  if (include !== undefined && !isPlain(node[segment]))
    node[segment] = list(include(node as Stored, account), `/v1/${segment}`);
  if (!Object.hasOwn(node, segment)) throw cannot(path);
  const value = node[segment];
  const object = typeof value === 'string' ? account.find(value) : undefined;
  if (typeof value === 'string' && object === undefined) throw cannot(path);
  node[segment] = along(object === undefined ? value : structuredClone(object), rest, path, account);
  return node;
}

function list(data: readonly Stored[], url: string): object {
  return { object: 'list', data: structuredClone(data), has_more: false, total_count: data.length, url };
}

function cannot(path: string): Error {
  return bad(`This property cannot be expanded (${path}).`, { param: 'expand' });
}
