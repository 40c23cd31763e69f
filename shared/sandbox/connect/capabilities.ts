import type { Fields } from '../../catalog/types.ts';
import { objectInPath, platformContext, type Context } from '../context.ts';
import type { ExtraRoute } from '../feature.ts';
import { noSuchObject } from '../api-error.ts';
import { isHash, type StoredObject } from '../store.ts';
import { requirementsOf } from './verification.ts';

/** When the platform requested each capability, in Unix seconds. */
type CapabilityRequests = Map<string, number>;

/** Prefix of the keys in the platform's `privateData` under which the capability requests of accounts are stored. */
const CAPABILITY_REQUESTS = 'capabilities ';

function capabilityRequestsOf({ account: platform }: Context, account: StoredObject): CapabilityRequests {
  return new Map(platform.privateData.get(CAPABILITY_REQUESTS + account.id) as [string, number][] | undefined);
}

function saveCapabilityRequests(
  { account: platform }: Context,
  account: StoredObject,
  requests: CapabilityRequests,
): void {
  platform.privateData.set(CAPABILITY_REQUESTS + account.id, [...requests]);
}

/**
 * Requests capabilities of a connected account, or withdraws the requests. The sandbox requires no documents. A
 * requested capability is active, unless a value of the account fails the verification.
 * https://docs.stripe.com/connect/account-capabilities
 */
export function requestCapabilities(context: Context, account: StoredObject, requested: unknown): void {
  const requests = capabilityRequestsOf(context, account);
  const capabilities = { ...(account['capabilities'] as Record<string, unknown>) };
  for (const [name, change] of isHash(requested) ? Object.entries(requested) : []) {
    if (!isHash(change) || change['requested'] === undefined) continue;
    if (change['requested'] === true) requests.set(name, requests.get(name) ?? context.now);
    else requests.delete(name);
    capabilities[name] = 'inactive';
  }
  saveCapabilityRequests(context, account, requests);
  const requirements = requirementsOf(account);
  const isVerified = requirements.errors.length === 0;
  for (const name of Object.keys(capabilities))
    capabilities[name] = isVerified && requests.has(name) ? 'active' : 'inactive';
  const acceptsCards = capabilities['card_payments'] === 'active';
  Object.assign(account, {
    capabilities,
    charges_enabled: acceptsCards,
    details_submitted: Object.keys(capabilities).length > 0,
    payouts_enabled: capabilities['transfers'] === 'active' || acceptsCards,
    requirements,
  });
}

/** Returns the object of a capability. https://docs.stripe.com/api/capabilities/object */
function capabilityOf(context: Context, account: StoredObject, name: string): StoredObject {
  const status = (account['capabilities'] as Record<string, unknown>)[name];
  const requestedAt = capabilityRequestsOf(context, account).get(name);
  const requirements = requirementsOf(account);
  return {
    id: name,
    object: 'capability',
    account: account.id,
    // The sandbox has no future requirements. An account without values fails no verification, so its requirements are
    // empty.
    future_requirements: requirementsOf({ id: account.id, object: 'account' }),
    requested: requestedAt !== undefined,
    requested_at: requestedAt ?? null,
    requirements,
    status: status ?? 'unrequested',
  };
}

/** Rejects a capability that Stripe does not have: one that is not a field of an account's `capabilities`. */
function checkCapabilityName(context: Context, name: string): void {
  const type = context.entity('Account').fields['capabilities']?.type;
  const names: Fields = typeof type === 'object' && 'object' in type ? type.object : {};
  if (!Object.hasOwn(names, name)) throw noSuchObject('capability', name, 'capability');
}

function accountInPath(context: Context, id: string): StoredObject {
  return objectInPath(platformContext(context), 'account', id, 'account');
}

const CAPABILITIES_PATH = '/v1/accounts/{account}/capabilities';

/** The routes of an account's capabilities. The id of a capability is its name. */
export const capabilityRoutes: readonly ExtraRoute[] = [
  {
    method: 'GET',
    path: CAPABILITIES_PATH,
    fields: {},
    entity: 'Capability',
    isList: true,
    run: (context, { account: id = '' }, path) => {
      const account = accountInPath(context, id);
      const names = Object.keys(account['capabilities'] as object);
      const data = names.map((name) => capabilityOf(platformContext(context), account, name));
      return { object: 'list', data, has_more: false, url: path };
    },
  },
  {
    method: 'GET',
    path: `${CAPABILITIES_PATH}/{id}`,
    fields: {},
    entity: 'Capability',
    isList: false,
    run: (context, { account: id = '', id: name = '' }) => {
      const account = accountInPath(context, id);
      checkCapabilityName(context, name);
      return capabilityOf(platformContext(context), account, name);
    },
  },
  {
    method: 'POST',
    path: `${CAPABILITIES_PATH}/{id}`,
    fields: { requested: { type: 'boolean' } },
    entity: 'Capability',
    isList: false,
    run: (context, { account: id = '', id: name = '' }) => {
      const account = accountInPath(context, id);
      checkCapabilityName(context, name);
      const { requested } = context.params;
      if (requested !== undefined) requestCapabilities(platformContext(context), account, { [name]: { requested } });
      return capabilityOf(platformContext(context), account, name);
    },
  },
];
