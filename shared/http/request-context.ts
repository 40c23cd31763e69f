import type { Request, Response } from '@google-cloud/functions-framework';
import type { OperationResult, Connector } from '../operations/connector.ts';
import { isOperationId } from '../operations/request/ids.ts';
import { lazy } from '../memoize.ts';
import { requireHttpAllowed } from './allowlist.ts';
import type { WriteKey } from './prior-effect.ts';
import { parseJsonBody } from './body/json-body.ts';
import { KEY_HEADER, type OperationResponse } from './operation-handler.ts';

/** An HTTP request with its idempotency key, and what its response headers report. */
export class RequestContext {
  /** Set for writes only: the idempotency key, from the caller or generated. */
  operationId: string | undefined;
  /** The connector generated the key for this call. */
  private fresh = false;
  private readonly responseFlags = new Set<string>();

  constructor(
    readonly request: Request,
    readonly response: Response,
  ) {}

  /** The parsed body. Throws ConnectorError if it is invalid. */
  readonly body = lazy(() => parseJsonBody(this.request));

  /** Assigns the key of a write before any check, so that error responses of a write include it. */
  identify({ random }: Connector, writes: boolean): void {
    if (!writes) return;
    this.identifyGiven();
    if (this.operationId !== undefined) return;
    this.operationId = random.uuid();
    this.fresh = true;
  }

  /** Takes the caller's key, if any. With invalid settings no key can be generated. */
  identifyGiven(): void {
    this.operationId ??= this.callerKey();
  }

  writeKey(): WriteKey | undefined {
    const { operationId, fresh } = this;
    return operationId === undefined ? undefined : { operationId, fresh };
  }

  /** Validates the body and runs the call. `names`: the entities or actions that it may name, undefined for all. */
  async call(
    connector: Connector,
    operationResponse: OperationResponse,
    body: unknown,
    names?: readonly string[],
  ): Promise<OperationResult> {
    this.identify(connector, operationResponse.mutates);
    const { operationId, responseFlags: told } = this;
    const prepared = operationResponse.prepare(connector, body, {
      operationId: operationResponse.mutates ? operationId : undefined,
      freshId: this.fresh,
      keyHeader: this.request.get(KEY_HEADER),
      names,
      deadlineMs: connector.settings.deadlineMs,
      warnings: told,
    });
    requireHttpAllowed(connector, prepared.name);
    const answered = await prepared.run();
    if (told.has('replayed')) connector.log.write('INFO', 'idempotent replay', { call: prepared.name, operationId });
    return answered;
  }

  /** Reports a replayed result in `Idempotent-Replayed` and what delayed the call in `Throttled-By`. */
  setResponseHeaders(): void {
    const { response, responseFlags: told, operationId } = this;
    if (operationId !== undefined) response.setHeader(KEY_HEADER, operationId);
    if (told.has('replayed')) response.setHeader('Idempotent-Replayed', 'true');
    const throttled = [...told].filter((name) => name !== 'replayed');
    if (throttled.length > 0) response.setHeader('Throttled-By', throttled.join(', '));
  }

  /** Returns the caller's key if it is valid. Later checks report an invalid one. */
  private callerKey(): string | undefined {
    const body: unknown = this.request.body;
    const inBody = typeof body === 'object' && body !== null && 'operationId' in body ? body.operationId : undefined;
    const input = typeof inBody === 'string' ? inBody : this.request.get(KEY_HEADER);
    return input !== undefined && isOperationId(input) ? input : undefined;
  }
}
