import { capacity, describeLimit } from '../../rate-limiter/capacity.ts';
import { LIFE_US } from '../../rate-limiter/membership.ts';
import { isSuspended, SUSPENDED_US } from '../../rate-limiter/suspension.ts';
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
}

async function statusOf({ tokens, settings, limits, inbox }: Administrable): Promise<ConnectionStatus> {
  // A member for queries only. It is never stored.
  const member = { connection: settings.name, id: 'status', place: 0 };
  // Reserves no slot: the response only reports the rate and the store's time.
  const seen = await tokens.reserve({
    member,
    requests: [{ lane: 0, count: 0, spacingUs: 0 }],
    notBeforeUs: 0,
    renew: false,
  });
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
  };
}

async function setCalm({ tokens, settings }: Administrable, calmUs: number): Promise<object> {
  await tokens.set(settings.name, settings.maxNodes, calmUs);
  return { connection: settings.name, state: calmUs === 0 ? 'active' : 'suspended', bySetting: settings.suspended };
}

export const CONNECTION_METHODS: Readonly<Record<string, AdminMethod>> = {
  'connection.status': { input: {}, changes: false, run: statusOf },
  'connection.suspend': { input: {}, changes: true, run: (connection) => setCalm(connection, SUSPENDED_US) },
  'connection.resume': { input: {}, changes: true, run: (connection) => setCalm(connection, 0) },
};
