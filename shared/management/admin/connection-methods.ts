import { capacity, describeLimit } from '../../rate-limiter/capacity.ts';
import { LIFE_US } from '../../rate-limiter/membership.ts';
import { isSuspended, SUSPENDED_US } from '../../rate-limiter/suspension.ts';
import type { Reservation } from '../../rate-limiter/store.ts';
import { describePolicy } from '../../stripe/write-policy/describe-policy.ts';
import { describeEvents } from '../../webhooks/describe-events.ts';
import { forgetHealth } from '../health.ts';
import { keyStatusOf, type KeyStatus } from '../key-status.ts';
import type { AdminMethod, Administrable } from './method.ts';

/** The state of the connection, its rate limit, its API key and its events. */
export interface ConnectionStatus {
  readonly connection: string;
  readonly state: 'active' | 'suspended';
  /** True if the setting `suspended` suspends the connection. `resume` then has no effect. */
  readonly bySetting: boolean;
  /** Instances that use the rate limit at the moment. `minNodes` and `maxNodes` do not bound this number. */
  readonly liveNodes: number;
  readonly minNodes: number;
  readonly maxNodes: number;
  /** `limit 12/s = 6 x 2 nodes ...` */
  readonly limit: string;
  /** True if events are stored and not published. */
  readonly eventsPaused: boolean;
  readonly key: KeyStatus;
  /** `write policy: ...` */
  readonly writePolicy: string;
  /** `events: published to ...` */
  readonly events: string;
}

/**
 * Returns a member with which the limiter's store is read. The member is never stored, so it does not count as a node.
 */
function queryMember({ name }: Administrable['settings']): { connection: string; id: string; place: number } {
  return { connection: name, id: 'status', place: 0 };
}

/** Reads the rate, the suspension and the current time from the limiter's store, without reserving a slot. */
function readLimitState({ tokens, settings }: Administrable): Promise<Reservation> {
  const requests = [{ lane: 0, count: 0, spacingUs: 0 }];
  return tokens.reserve({ member: queryMember(settings), requests, notBeforeUs: 0, renew: false });
}

/** Returns what suspends the connection: its settings or an operator. Null if it is not suspended. */
export async function suspensionOf(connection: Administrable): Promise<'settings' | 'operator' | null> {
  if (connection.settings.suspended) return 'settings';
  return isSuspended(await readLimitState(connection)) ? 'operator' : null;
}

async function statusOf(connection: Administrable): Promise<ConnectionStatus> {
  const { tokens, settings, limits, inbox } = connection;
  const member = queryMember(settings);
  const limitState = await readLimitState(connection);
  const { live } = await tokens.countMembers(member, limitState.atUs - LIFE_US);
  return {
    connection: settings.name,
    state: isSuspended(limitState) || settings.suspended ? 'suspended' : 'active',
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

/** Suspends all instances until the time `untilUs`. Zero resumes them. */
async function setSuspension(connection: Administrable, untilUs: number): Promise<object> {
  const { tokens, settings, resumed } = connection;
  await tokens.set(settings.name, settings.maxNodes, untilUs);
  if (untilUs === 0) resumed();
  forgetHealth(connection);
  return {
    connection: settings.name,
    state: untilUs === 0 ? 'active' : 'suspended',
    bySetting: settings.suspended,
  };
}

export const CONNECTION_METHODS: Readonly<Record<string, AdminMethod>> = {
  'connection.status': { input: {}, changes: false, run: statusOf },
  'connection.suspend': { input: {}, changes: true, run: (connection) => setSuspension(connection, SUSPENDED_US) },
  'connection.resume': { input: {}, changes: true, run: (connection) => setSuspension(connection, 0) },
};
