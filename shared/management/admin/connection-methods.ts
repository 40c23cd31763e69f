import { capacity, describeLimit } from '../../rate-limiter/capacity.ts';
import { LIFE_US } from '../../rate-limiter/membership.ts';
import { isSuspended, SUSPENDED_US } from '../../rate-limiter/suspension.ts';
import type { Reservation } from '../../rate-limiter/store.ts';
import { describePolicy } from '../../stripe/write-policy/describe-policy.ts';
import { describeEvents } from '../../webhooks/describe-events.ts';
import { forgetHealth } from '../health.ts';
import { keyStatusOf, type KeyStatus } from '../key-status.ts';
import type { AdminMethod, Administrable } from './method.ts';

/** State of the connection and its limit, over all instances. */
export interface ConnectionStatus {
  readonly connection: string;
  readonly state: 'active' | 'suspended';
  /** The setting `suspended` holds it, so `resume` has no effect. */
  readonly bySetting: boolean;
  readonly liveNodes: number;
  readonly minNodes: number;
  readonly maxNodes: number;
  /** `limit 12/s = 6 x 2 nodes ...` */
  readonly limit: string;
  /** Events are acknowledged and held. */
  readonly eventsPaused: boolean;
  readonly key: KeyStatus;
  /** `write policy: ...` */
  readonly writePolicy: string;
  /** `events: published to ...` */
  readonly events: string;
}

/** A member for queries only. It is never stored. */
function queryMember({ name }: Administrable['settings']): { connection: string; id: string; place: number } {
  return { connection: name, id: 'status', place: 0 };
}

/** Reserves no slot: the response only reports the rate, the suspension and the store's time. */
function lookAtTokens({ tokens, settings }: Administrable): Promise<Reservation> {
  const requests = [{ lane: 0, count: 0, spacingUs: 0 }];
  return tokens.reserve({ member: queryMember(settings), requests, notBeforeUs: 0, renew: false });
}

/** What suspends the connection: its settings, an operator for all instances, or nothing. */
export async function suspensionOf(connection: Administrable): Promise<'settings' | 'operator' | null> {
  if (connection.settings.suspended) return 'settings';
  return isSuspended(await lookAtTokens(connection)) ? 'operator' : null;
}

async function statusOf(connection: Administrable): Promise<ConnectionStatus> {
  const { tokens, settings, limits, inbox } = connection;
  const member = queryMember(settings);
  const seen = await lookAtTokens(connection);
  const { live } = await tokens.look(member, seen.atUs - LIFE_US);
  return {
    connection: settings.name,
    state: isSuspended(seen) || settings.suspended ? 'suspended' : 'active',
    bySetting: settings.suspended,
    liveNodes: live,
    minNodes: settings.minNodes,
    maxNodes: settings.maxNodes,
    limit: describeLimit(settings, capacity(live, limits)),
    eventsPaused: (await inbox.publishing()).paused,
    key: await keyStatusOf(connection),
    writePolicy: describePolicy(settings),
    events: describeEvents(settings, connection.publishes),
  };
}

async function setCalm(connection: Administrable, calmUs: number): Promise<object> {
  const { tokens, settings, resumed } = connection;
  await tokens.set(settings.name, settings.maxNodes, calmUs);
  if (calmUs === 0) resumed();
  forgetHealth(connection);
  return { connection: settings.name, state: calmUs === 0 ? 'active' : 'suspended', bySetting: settings.suspended };
}

export const CONNECTION_METHODS: Readonly<Record<string, AdminMethod>> = {
  'connection.status': { input: {}, changes: false, run: statusOf },
  'connection.suspend': { input: {}, changes: true, run: (connection) => setCalm(connection, SUSPENDED_US) },
  'connection.resume': { input: {}, changes: true, run: (connection) => setCalm(connection, 0) },
};
