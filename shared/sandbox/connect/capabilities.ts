import type { Fields } from '../../catalog/types.ts';
import { inPath, type Context } from '../context.ts';
import type { ExtraRoute } from '../feature.ts';
import { missing } from '../refusal.ts';
import { isHash, type Stored } from '../store.ts';
import { requirementsOf } from './verification.ts';

/** What the platform asked for, by capability: when, in Unix seconds. */
type Requests = Map<string, number>;

function requestsOf({ account }: Context, owner: Stored): Requests {
  const key = `capabilities ${owner.id}`;
  const known = account.hidden.get(key) as [string, number][] | undefined;
  return new Map(known);
}

function remember({ account }: Context, owner: Stored, requests: Requests): void {
  account.hidden.set(`capabilities ${owner.id}`, [...requests]);
}

/**
 * Requests capabilities of a connected account, or takes the request back. The sandbox requires no documents: a requested
 * capability is active unless a value of the account fails its verification. https://docs.stripe.com/connect/account-capabilities
 */
export function requestCapabilities(context: Context, account: Stored, requested: unknown): void {
  const requests = requestsOf(context, account);
  const capabilities = { ...(account['capabilities'] as Record<string, unknown>) };
  for (const [name, wanted] of isHash(requested) ? Object.entries(requested) : []) {
    if (!isHash(wanted) || wanted['requested'] === undefined) continue;
    if (wanted['requested'] === true) requests.set(name, requests.get(name) ?? context.now);
    else requests.delete(name);
    capabilities[name] = 'inactive';
  }
  remember(context, account, requests);
  const requirements = requirementsOf(account);
  const isVerified = requirements.errors.length === 0;
  for (const name of Object.keys(capabilities))
    capabilities[name] = isVerified && requests.has(name) ? 'active' : 'inactive';
  const accepts = capabilities['card_payments'] === 'active';
  Object.assign(account, {
    capabilities,
    charges_enabled: accepts,
    details_submitted: Object.keys(capabilities).length > 0,
    payouts_enabled: capabilities['transfers'] === 'active' || accepts,
    requirements,
  });
}

/** https://docs.stripe.com/api/capabilities/object */
function capability(context: Context, account: Stored, name: string): Stored {
  const status = (account['capabilities'] as Record<string, unknown>)[name];
  const requestedAt = requestsOf(context, account).get(name);
  const requirements = requirementsOf(account);
  return {
    id: name,
    object: 'capability',
    account: account.id,
    future_requirements: { ...requirementsOf({ id: account.id, object: 'account' }) },
    requested: requestedAt !== undefined,
    requested_at: requestedAt ?? null,
    requirements,
    status: status ?? 'unrequested',
  };
}

/** The names that Stripe has, by the fields of an account's `capabilities`. */
function checkCapabilityName(context: Context, name: string): void {
  const shape = context.entity('Account').fields['capabilities']?.type;
  const names: Fields = typeof shape === 'object' && 'object' in shape ? shape.object : {};
  if (!Object.hasOwn(names, name)) throw missing('capability', name, 'capability');
}

function platformAccount(context: Context, id: string): Stored {
  return inPath({ ...context, account: context.accountOf('') }, 'account', id, 'account');
}

function inPlatform(context: Context): Context {
  return { ...context, account: context.accountOf('') };
}

const CAPABILITIES_PATH = '/v1/accounts/{account}/capabilities';

/** Capabilities have no ids of their own: each account has one of each name. */
export const capabilityRoutes: readonly ExtraRoute[] = [
  {
    method: 'GET',
    path: CAPABILITIES_PATH,
    fields: {},
    entity: 'Capability',
    list: true,
    run: (context, { account: id = '' }, path) => {
      const account = platformAccount(context, id);
      const names = Object.keys(account['capabilities'] as object);
      const data = names.map((name) => capability(inPlatform(context), account, name));
      return { object: 'list', data, has_more: false, url: path };
    },
  },
  {
    method: 'GET',
    path: `${CAPABILITIES_PATH}/{id}`,
    fields: {},
    entity: 'Capability',
    list: false,
    run: (context, { account: id = '', id: name = '' }) => {
      const account = platformAccount(context, id);
      checkCapabilityName(context, name);
      return capability(inPlatform(context), account, name);
    },
  },
  {
    method: 'POST',
    path: `${CAPABILITIES_PATH}/{id}`,
    fields: { requested: { type: 'boolean' } },
    entity: 'Capability',
    list: false,
    run: (context, { account: id = '', id: name = '' }) => {
      const account = platformAccount(context, id);
      checkCapabilityName(context, name);
      const { requested } = context.params;
      if (requested !== undefined) requestCapabilities(inPlatform(context), account, { [name]: { requested } });
      return capability(inPlatform(context), account, name);
    },
  },
];
