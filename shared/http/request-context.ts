import type { Request, Response } from '@google-cloud/functions-framework';
import type { OperationResult, Connector } from '../operations/connector.ts';
import { isOperationId } from '../operations/request/ids.ts';
import { lazy } from '../memoize.ts';
import { arrivals } from './preload/arrival.ts';
import { requireHttpAllowed } from './allowlist.ts';
import type { WriteKey } from './prior-effect.ts';
import { parseJsonBody } from './body/json-body.ts';
import { WaitReport } from '../stripe/call-context.ts';
import { KEY_HEADER } from './body/call-options.ts';
import type { PreparableOperation } from './operation-handler.ts';

/** An HTTP request with its idempotency key and the values of its response headers. */
export class RequestContext {
  /**
   * Set for writes only: the operation id, which the caller sent or the connector generated. It is also the value of
   * `Idempotency-Key`.
   */
  operationId: string | undefined;
  /** True if the connector generated the operation id for this call. */
  private isGenerated = false;
  private readonly responseFlags = new Set<string>();
  private readonly waits = new WaitReport();

  constructor(
    readonly request: Request,
    readonly response: Response,
  ) {}

  /** The parsed body. Throws ConnectorError if it is invalid. */
  readonly body = lazy(() => parseJsonBody(this.request));

  /** Assigns the operation id of a write before any check, so that error responses of a write include it. */
  assignOperationId({ random }: Connector, writes: boolean): void {
    if (!writes) return;
    this.useCallerKey();
    if (this.operationId !== undefined) return;
    this.operationId = random.uuid();
    this.isGenerated = true;
  }

  /** Uses the caller's key, if there is one. */
  useCallerKey(): void {
    this.operationId ??= this.callerKey();
  }

  /** Returns the operation id of a write. Undefined for a read, and for a write whose operation id is not assigned yet. */
  writeKey(): WriteKey | undefined {
    const { operationId, isGenerated } = this;
    return operationId === undefined ? undefined : { operationId, fresh: isGenerated };
  }

  /** Validates the body and runs the call. `names` are the permitted entities or actions; undefined permits all. */
  async call(
    connector: Connector,
    operation: PreparableOperation,
    body: unknown,
    names?: readonly string[],
  ): Promise<OperationResult> {
    this.assignOperationId(connector, operation.mutates);
    const { operationId, responseFlags } = this;
    const { deadlineMs } = connector.settings;
    const lateMs = arrivals.lateMs(this.request);
    this.waits.lateMs = lateMs;
    const prepared = operation.prepare(connector, body, {
      operationId: operation.mutates ? operationId : undefined,
      freshId: this.isGenerated,
      keyHeader: this.request.get(KEY_HEADER),
      names,
      deadlineMs,
      lateMs,
      responseFlags,
      waits: this.waits,
    });
    requireHttpAllowed(connector, prepared.name);
    const result = await prepared.run();
    if (responseFlags.has('replayed'))
      connector.log.write('INFO', 'idempotent replay', { call: prepared.name, operationId });
    return result;
  }

  /**
   * Sets `Idempotency-Key` for a write, `Idempotent-Replayed` for a replayed result, `Throttled-By` if something
   * throttled the call, and `Rate-Limit-Wait` with the class and the waits of the call.
   */
  setResponseHeaders(): void {
    const { response, responseFlags, operationId } = this;
    if (operationId !== undefined) response.setHeader(KEY_HEADER, operationId);
    if (responseFlags.has('replayed')) response.setHeader('Idempotent-Replayed', 'true');
    const throttled = [...responseFlags].filter((name) => name !== 'replayed');
    if (throttled.length > 0) response.setHeader('Throttled-By', throttled.join(', '));
    const waits = this.waits.toHeader();
    if (waits !== undefined) response.setHeader('Rate-Limit-Wait', waits);
  }

  /** Returns the caller's key if it is valid. An invalid key is reported by later checks. */
  private callerKey(): string | undefined {
    const body: unknown = this.request.body;
    const inBody = typeof body === 'object' && body !== null && 'operationId' in body ? body.operationId : undefined;
    const input = typeof inBody === 'string' ? inBody : this.request.get(KEY_HEADER);
    return input !== undefined && isOperationId(input) ? input : undefined;
  }
}
