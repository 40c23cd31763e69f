import { enumeration } from '../../catalog/types.ts';
import { objectInPath, makeObject, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { badRequest, missingParam } from '../api-error.ts';
import { isHash, type StoredObject } from '../store.ts';
import { checkUrl, storeSecret } from './webhook-endpoints.ts';

const DESTINATION = 'v2.core.event_destination';

/** POST /v2/core/event_destinations. https://docs.stripe.com/api/v2/core/event_destinations/create */
function createDestination(context: Context): StoredObject {
  const { include, ...params } = context.params;
  const endpoint = isHash(params['webhook_endpoint']) ? params['webhook_endpoint'] : undefined;
  if (params['type'] === 'webhook_endpoint') {
    if (endpoint === undefined) throw missingParam('webhook_endpoint');
    checkUrl(endpoint['url'], 'webhook_endpoint.url');
  }
  checkEventTypes(context, params['enabled_events'], params['event_payload']);
  if (params['event_payload'] === 'thin' && params['snapshot_api_version'] !== undefined)
    throw badRequest('`snapshot_api_version` is only for destinations of snapshot events.', {
      param: 'snapshot_api_version',
    });
  const destination = makeObject(context, 'V2.Core.EventDestination', params);
  destination['events_from'] = params['events_from'] ?? ['self'];
  return withIncluded(destination, include, storeSecret(context, destination.id, false));
}

/**
 * Returns a destination as a response shows it: `webhook_endpoint` has only the fields that `include` names. `secret`
 * is passed only at the creation, because Stripe shows the signing secret once.
 */
function withIncluded(destination: StoredObject, include: unknown, secret?: string): StoredObject {
  const endpoint = destination['webhook_endpoint'];
  if (!isHash(endpoint)) return destination;
  const includes = (name: string): boolean => Array.isArray(include) && include.includes(`webhook_endpoint.${name}`);
  return {
    ...structuredClone(destination),
    webhook_endpoint: {
      signing_secret: includes('signing_secret') ? (secret ?? null) : null,
      url: includes('url') ? endpoint['url'] : null,
    },
  };
}

/** Rejects an unknown event type. Thin events have the types of API v2, and snapshot events those of API v1. https://docs.stripe.com/event-destinations */
function checkEventTypes(context: Context, types: unknown, payload: unknown): void {
  if (!Array.isArray(types)) return;
  const entity = context.entity(payload === 'thin' ? 'V2.Core.Event' : 'Event');
  const eventTypes = enumeration(entity.fields['type']?.type) ?? [];
  const unknownType = (types as unknown[]).find((type) => type !== '*' && !eventTypes.includes(String(type)));
  if (unknownType !== undefined)
    throw badRequest(`${String(unknownType)} is not a type of ${String(payload)} events.`, { param: 'enabled_events' });
}

/** POST /v2/core/event_destinations/{id}. https://docs.stripe.com/api/v2/core/event_destinations/update */
function changeDestination(context: Context, destination: StoredObject): void {
  const { params } = context;
  checkEventTypes(context, params['enabled_events'], destination['event_payload']);
  if (isHash(params['webhook_endpoint'])) checkUrl(params['webhook_endpoint']['url'], 'webhook_endpoint.url');
  destination['updated'] = new Date(context.now * 1000).toISOString();
  delete params['include'];
}

/** POST /v2/core/event_destinations/{id}/disable and /enable */
function setDestinationStatus(status: 'enabled' | 'disabled') {
  return (context: Context, id: string): StoredObject => {
    const destination = objectInPath(context, DESTINATION, id);
    destination['status'] = status;
    destination['status_details'] = status === 'enabled' ? null : { disabled: { reason: 'user' } };
    return withIncluded(destination, undefined);
  };
}

/** POST /v2/core/event_destinations/{id}/ping creates an event for the destination. https://docs.stripe.com/api/v2/core/event_destinations/ping */
function pingDestination(context: Context, id: string): StoredObject {
  const destination = objectInPath(context, DESTINATION, id);
  const event = makeObject(context, 'V2.Core.Event', { type: 'v2.core.event_destination.ping' });
  return Object.assign(event, {
    related_object: { id, type: DESTINATION, url: `/v2/core/event_destinations/${destination.id}` },
  });
}

export const eventDestinations: Feature = {
  entities: {
    'V2.Core.EventDestination': {
      create: createDestination,
      toResponse: (destination, { params }) => withIncluded(destination, params['include']),
      beforeUpdate: changeDestination,
    },
  },
  actions: {
    '/v2/core/event_destinations/{id}/disable': setDestinationStatus('disabled'),
    '/v2/core/event_destinations/{id}/enable': setDestinationStatus('enabled'),
    '/v2/core/event_destinations/{id}/ping': pingDestination,
  },
};
