import { ConnectorError } from '../../errors.ts';
import { advanceCursor, claimCursor } from '../../idempotency/cursor.ts';
import type { Connector } from '../../operations/connector.ts';
import { SECOND_US } from '../../ports/time-units.ts';
import type { ListName } from './event-list.ts';

/** Duration of the lease on a cursor. If an instance fails, another run can claim its cursor after this time. */
const LEASE_US = 120_000_000;
/** Age at which a run renews its lease, well before the lease ends. */
const RENEW_MS = 30_000;

/** What a cursor belongs to: a list of events, or the held events, whose cursor has no position. */
export type CursorOf = ListName | 'held';

/** Returns the name of a cursor's record in the operation store. */
function cursorName(of: CursorOf, account: string | undefined): string {
  return `stripe-events${of === 'v1' ? '' : `-${of}`} cursor ${account ?? ''}`;
}

/** Returns the position of a cursor in Unix seconds without claiming it; 0 before the first run. Costs one read. */
export function cursorPosition({ deps }: Connector, list: ListName, account: string | undefined): Promise<number> {
  return deps.operations.update(cursorName(list, account), (record) => ({ result: Number(record?.outcome ?? '') }));
}

/** The position up to which a list of events is published, and the lease of the run that advances it. */
export class CursorLease {
  private renewal: Promise<void> | undefined;
  private renewedMs: number;

  private constructor(
    private readonly connector: Connector,
    private readonly name: string,
    private readonly fence: number,
    /** Unix seconds; undefined before the first run. */
    readonly position: number | undefined,
    /** When the cursor was claimed, in Unix seconds of the store's clock. */
    readonly claimedS: number,
  ) {
    this.renewedMs = connector.clock.monotonicMs();
  }

  /** Claims the cursor. Throws ABORTED (RECONCILE_RUNNING) while another run holds the lease. */
  static async claim(connector: Connector, of: CursorOf, account: string | undefined): Promise<CursorLease> {
    const name = cursorName(of, account);
    const claimed = await connector.deps.operations.update(name, claimCursor(LEASE_US));
    if (claimed.kind === 'acquired') {
      const claimedS = wholeSeconds(claimed.nowUs);
      // A run on a machine whose clock was ahead may have stored a position in the future.
      const position = claimed.position === undefined ? undefined : Math.min(claimed.position, claimedS);
      return new CursorLease(connector, name, claimed.fence, position, claimedS);
    }
    throw new ConnectorError('ABORTED', 'another run is reading the events; retry later', {
      reason: 'RECONCILE_RUNNING',
      retryAfterMs: claimed.retryAfterMs,
    });
  }

  /** Stores the position, if given, and renews the lease. Throws ABORTED if another run has taken the cursor over. */
  async moveTo(position: number | undefined): Promise<void> {
    this.renewedMs = this.connector.clock.monotonicMs();
    if (await this.advance(position, LEASE_US)) return;
    throw new ConnectorError('ABORTED', 'another run has taken over reading the events; retry later', {
      reason: 'RECONCILE_RUNNING',
    });
  }

  /** Renews the lease when it is due. Parallel callers share one renewal. */
  renewIfDue(): Promise<void> {
    if (this.connector.clock.monotonicMs() - this.renewedMs < RENEW_MS) return Promise.resolve();
    this.renewal ??= this.moveTo(undefined).finally(() => (this.renewal = undefined));
    return this.renewal;
  }

  /** Ends the lease. If the store does not respond, the lease expires by itself. */
  async release(): Promise<void> {
    await this.advance(undefined, 0).catch(() => undefined);
  }

  /** Writes the position and the lease. Returns false if another run has taken the cursor over. */
  private advance(position: number | undefined, leaseUs: number): Promise<boolean> {
    return this.connector.deps.operations.update(this.name, (record, nowUs) => {
      // The position comes from the clock of this machine, which may be ahead, so it is limited to the time of the
      // store.
      const reached = position === undefined ? undefined : Math.min(position, wholeSeconds(nowUs));
      return advanceCursor(this.fence, reached, leaseUs)(record, nowUs);
    });
  }
}

function wholeSeconds(us: number): number {
  return Math.floor(us / SECOND_US);
}
