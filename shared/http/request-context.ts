import type { Request, Response } from '@google-cloud/functions-framework';
import type { OperationResult, Connector } from '../operations/connector.ts';
import { isOperationId } from '../operations/request/ids.ts';
import { lazy } from '../memoize.ts';
import type { WriteKey } from './prior-effect.ts';
import { parseJsonBody } from './body/json-body.ts';
import { KEY_HEADER, type OperationResponse } from './operation-handler.ts';

/** Whoever made an HTTP request, and what the head of its answer tells besides. */
export class RequestContext {
  /** Writes only: the idempotency key, given or made. */
  operationId: string | undefined;
  /** The key was made for this call. */
  private fresh = false;
  private readonly responseFlags = new Set<string>();

  constructor(
    readonly request: Request,
    readonly response: Response,
  ) {}

  /** The body as it was written; throws what is wrong with it. */
  readonly body = lazy(() => parseJsonBody(this.request));

  /** The key of a write, known before anything is refused: errors of a write name it too. */
  identify({ random }: Connector, writes: boolean): void {
    if (!writes) return;
    this.identifyGiven();
    if (this.operationId !== undefined) return;
    this.operationId = random.uuid();
    this.fresh = true;
  }

  /** The key that the caller gave, if any: where the settings are wrong there is nothing that could make one. */
  identifyGiven(): void {
    this.operationId ??= this.paramCase();
  }

  writeKey(): WriteKey | undefined {
    const { operationId, fresh } = this;
    return operationId === undefined ? undefined : { operationId, fresh };
  }

  /** Checks the body, then does what it asks for. `names`: entities or actions that may be named; undefined for all. */
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
    const answered = await prepared.run();
    if (told.has('replayed')) connector.log.write('INFO', 'idempotent replay', { call: prepared.name, operationId });
    return answered;
  }

  /** An outcome from the record says so; what slowed the call down stands in `Throttled-By`. */
  setResponseHeaders(): void {
    const { response, responseFlags: told, operationId } = this;
    if (operationId !== undefined) response.setHeader(KEY_HEADER, operationId);
    if (told.has('replayed')) response.setHeader('Idempotent-Replayed', 'true');
    const throttled = [...told].filter((name) => name !== 'replayed');
    if (throttled.length > 0) response.setHeader('Throttled-By', throttled.join(', '));
  }

  /** The key as it was given, where it is one that can be used; what is wrong with it is said later. */
  private paramCase(): string | undefined {
    const body: unknown = this.request.body;
    const inBody = typeof body === 'object' && body !== null && 'operationId' in body ? body.operationId : undefined;
    const input = typeof inBody === 'string' ? inBody : this.request.get(KEY_HEADER);
    return input !== undefined && isOperationId(input) ? input : undefined;
  }
}
