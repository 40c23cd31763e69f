import type { CallContext } from '../stripe/call-context.ts';
import type { OperationResult, Connector, ConnectorDeps } from '../operations/connector.ts';
import { checkOperationId, isAccount } from '../operations/request/ids.ts';
import { ConnectorError, invalidArgument } from '../errors.ts';
import { parseBody, type RequestBody, type BodyKind } from './body/request-bodies.ts';

/** What one function serves: the kind of body, and what to do with it. */
export interface OperationHandler<K extends BodyKind> {
  readonly kind: K;
  /** False where it never writes. */
  readonly mutates: boolean;
  /** Whether what a call is about changes nothing at Stripe, although others of this service do. */
  readonly readOnly?: (target: string, deps: ConnectorDeps) => boolean;
  /** What the call is about (an entity, an action), and how the log names it. Undefined names allow all. */
  readonly subject: (
    body: RequestBody<K>,
    deps: ConnectorDeps,
    names: readonly string[] | undefined,
  ) => { readonly subject: string; readonly call: string };
  readonly run: (
    deps: ConnectorDeps,
    subject: string,
    body: RequestBody<K>,
    call: CallContext,
  ) => Promise<OperationResult>;
}

/** On which terms a call is made: what its trigger says beside the body. */
export interface InvocationOptions {
  /** Of a service that writes; a call that turns out to read goes without it. */
  readonly operationId?: string | undefined;
  /** The operationId was made for this very call. */
  readonly freshId?: boolean;
  /** The answer goes where no secret may stand: a replay does not read secrets again. */
  readonly withoutSecrets?: boolean;
  /** The Idempotency-Key header: the same thing as the body's operationId. */
  readonly keyHeader?: string | undefined;
  /** Entities or actions that may be named; undefined for all. */
  readonly names?: readonly string[] | undefined;
  readonly deadlineMs: number;
  readonly maxWaitMs?: number;
  /** Definite failures of later keys than this one's stand: they are answered, not tried again. */
  readonly retriesAfter?: number;
  /** What the answer's head tells. */
  readonly warnings: Set<string>;
}

/** A call whose input is checked. */
export interface PreparedOperation {
  /** `Customer.Create`, `ConfirmPaymentIntent` */
  readonly name: string;
  /** It changes something at Stripe, and has an operationId. */
  readonly mutates: boolean;
  readonly run: () => Promise<OperationResult>;
}

/** A service without the type of its body. */
export interface OperationResponse {
  readonly kind: BodyKind;
  readonly mutates: boolean;
  /** Throws what is wrong with the body, or with the connection. */
  readonly prepare: (connector: Connector, body: unknown, terms: InvocationOptions) => PreparedOperation;
}

/** KEY_HEADER and the body's `operationId` are the same thing. */
export const KEY_HEADER = 'Idempotency-Key';

export function toResponse<K extends BodyKind>(handler: OperationHandler<K>): OperationResponse {
  return {
    kind: handler.kind,
    mutates: handler.mutates,
    prepare(connector, input, terms) {
      const { settings, deps } = connector;
      const body = parseBody(handler.kind, input);
      checkSameOperationId(terms.keyHeader, body.operationId);
      if (settings.suspended) {
        throw new ConnectorError('FAILED_PRECONDITION', 'the connection is suspended', {
          reason: 'CONNECTION_SUSPENDED',
        });
      }
      const { subject, call: name } = handler.subject(body, deps, terms.names);
      const writes = handler.mutates && handler.readOnly?.(subject, deps) !== true;
      // Without one a write has no record and no key: it could take effect twice.
      if (writes && terms.operationId === undefined) throw new Error(`${name} was prepared without an operationId`);
      const call = callOf(connector, name, body, { ...terms, operationId: writes ? terms.operationId : undefined });
      return { name, mutates: writes, run: () => handler.run(deps, subject, body, call) };
    },
  };
}

function callOf(
  { settings, clock }: Connector,
  name: string,
  body: RequestBody<BodyKind>,
  terms: InvocationOptions,
): CallContext {
  const account = accountOf(settings, body.accountId);
  const { operationId, freshId, withoutSecrets, deadlineMs, maxWaitMs, retriesAfter, warnings: told } = terms;
  return {
    name,
    clock,
    deadlineAt: clock.monotonicMs() + deadlineMs,
    outputFormat: body.outputFormat ?? settings.outputFormat,
    responseFlags: told,
    dryRun: body.dryRun,
    ...('fields' in body ? { fields: body.fields } : {}),
    ...('expand' in body ? { expand: body.expand } : {}),
    ...(operationId === undefined ? {} : { operationId }),
    ...(freshId === true ? { freshId } : {}),
    ...(withoutSecrets === true ? { withoutSecrets } : {}),
    ...(account === undefined ? {} : { account }),
    ...(maxWaitMs === undefined ? {} : { maxWaitMs }),
    ...(retriesAfter === undefined ? {} : { retriesAfter }),
  };
}

/** The body's operationId and the header must be usable, and agree. */
function checkSameOperationId(inHeader: string | undefined, inBody: string | undefined): void {
  if (inBody !== undefined) checkOperationId('operationId', inBody);
  if (inHeader !== undefined) checkOperationId(KEY_HEADER, inHeader);
  if (inBody !== undefined && inHeader !== undefined && inBody !== inHeader) {
    throw invalidArgument([
      { field: 'operationId', description: 'differs from the Idempotency-Key header; give one of them' },
    ]);
  }
}

function accountOf(settings: Connector['settings'], named: string | undefined): string | undefined {
  if (named === undefined || named === settings.accountId) return settings.accountId;
  if (isAccount(named) && settings.allowedAccounts.includes(named)) return named;
  throw new ConnectorError('PERMISSION_DENIED', 'accountId: the connection does not allow this account', {
    reason: 'ACCOUNT_NOT_ALLOWED',
  });
}
