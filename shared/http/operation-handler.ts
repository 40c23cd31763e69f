import type { FunctionInputs } from '../catalog/function-rows.ts';
import type { CallContext, WaitReport } from '../stripe/call-context.ts';
import type { OperationResult, Connector, ConnectorDeps } from '../operations/connector.ts';
import { checkFunctionInputs } from '../operations/request/function-inputs.ts';
import type { Input } from '../operations/request/resolve-path.ts';
import { ConnectorError, invalidArgument } from '../errors.ts';
import { countOutcome } from '../stripe/activity/count-outcome.ts';
import { checkWait, waitAfter, type WaitFor, type WaitTarget } from './waiting/wait-for.ts';
import { accountForCall, checkPriority, checkSameOperationId } from './body/call-options.ts';
import { parseBody, type RequestBody, type BodyKind } from './body/request-bodies.ts';

/** An operation of a function: the kind of its body, its target, and how to run it. */
export interface OperationHandler<K extends BodyKind> {
  readonly kind: K;
  /** False if the function never writes. */
  readonly mutates: boolean;
  /** Returns whether a call on this target only reads, although the function can write. */
  readonly readOnly?: (target: string, deps: ConnectorDeps) => boolean;
  /**
   * Returns the target (an entity or action) and the name of the call for the log. `names` are the permitted targets;
   * undefined permits all.
   */
  readonly resolveTarget: (
    body: RequestBody<K>,
    deps: ConnectorDeps,
    names: readonly string[] | undefined,
  ) => { readonly target: string; readonly call: string };
  readonly run: (
    deps: ConnectorDeps,
    target: string,
    body: RequestBody<K>,
    call: CallContext,
  ) => Promise<OperationResult>;
}

/** Options of a call that its trigger (HTTP, Pub/Sub or MCP) sets. They are not fields of the body. */
export interface InvocationOptions {
  /** Set for functions that write. A call that only reads ignores it. */
  readonly operationId?: string | undefined;
  /** True if the connector generated the operationId for this call. */
  readonly freshId?: boolean | undefined;
  /** True if the result must not contain secrets. A replay then does not read them again. */
  readonly withoutSecrets?: boolean | undefined;
  /** The Idempotency-Key header. Equivalent to the body's operationId. */
  readonly keyHeader?: string | undefined;
  /** Entities or actions that the call may name. Undefined permits all. */
  readonly names?: readonly string[] | undefined;
  /** Inputs that the call may have. Undefined permits all. */
  readonly inputs?: FunctionInputs | undefined;
  readonly deadlineMs: number;
  /** Milliseconds of `deadlineMs` that passed before the call was prepared. Default: 0. */
  readonly lateMs?: number | undefined;
  readonly maxWaitMs?: number | undefined;
  /**
   * The key version up to which a recorded final failure is attempted again. A failure with a greater key version is
   * returned.
   */
  readonly lastRetriedKeyVersion?: number | undefined;
  /** Collects flags for the response headers. */
  readonly responseFlags: Set<string>;
  /** Collects the waits of the call. */
  readonly waits?: WaitReport | undefined;
}

/** A call whose input is valid, ready to run. */
export interface PreparedOperation {
  /** `Customer.Create`, `ConfirmPaymentIntent` */
  readonly name: string;
  /** True if the call changes something at Stripe. It then has an operationId. */
  readonly mutates: boolean;
  readonly run: () => Promise<OperationResult>;
}

/** An operation handler without the type of its body. */
export interface PreparableOperation {
  readonly kind: BodyKind;
  readonly mutates: boolean;
  /** Validates the body against the connection. Throws ConnectorError. */
  readonly prepare: (connector: Connector, body: unknown, options: InvocationOptions) => PreparedOperation;
}

/** Creates an operation from a handler: adds the checks that all operations share, and hides the type of the body. */
export function createOperation<K extends BodyKind>(handler: OperationHandler<K>): PreparableOperation {
  return {
    kind: handler.kind,
    mutates: handler.mutates,
    prepare(connector, input, options) {
      const { recentRequests, clock } = connector;
      const counter = { calls: recentRequests.calls, clock };
      return countOutcome(counter, () => prepareCall(handler, connector, input, options));
    },
  };
}

function prepareCall<K extends BodyKind>(
  handler: OperationHandler<K>,
  connector: Connector,
  input: unknown,
  options: InvocationOptions,
): PreparedOperation {
  const { settings, deps } = connector;
  const body = parseBody(handler.kind, input, deps.limits);
  checkSameOperationId(options.keyHeader, body.operationId);
  if (settings.suspended) throw connectionSuspended();
  const { target, call: name } = handler.resolveTarget(body, deps, options.names);
  if (options.inputs !== undefined) checkFunctionInputs(inputOf(body), options.inputs);
  const writes = handler.mutates && handler.readOnly?.(target, deps) !== true;
  // Without an operationId a write has no record and no idempotency key, so it could take effect twice.
  if (writes && options.operationId === undefined) throw new Error(`${name} was prepared without an operationId`);
  checkPriority(body.priority, writes ? 'interactive' : 'read');
  const call = toCallContext(connector, name, body, {
    ...options,
    operationId: writes ? options.operationId : undefined,
  });
  const run = (): Promise<OperationResult> => handler.run(deps, target, body, call);
  const { waitFor } = body as { readonly waitFor?: WaitFor };
  if (waitFor === undefined) return { name, mutates: writes, run };
  if (!writes) throw invalidArgument([{ field: 'waitFor', description: 'is for writes only' }]);
  const awaited = waitTarget(body, target);
  checkWait(connector, awaited, waitFor, options.deadlineMs);
  return {
    name,
    mutates: writes,
    async run() {
      const startedMs = connector.clock.epochMs();
      const result = await run();
      if (call.dryRun === true) return result;
      return waitAfter(connector, awaited, waitFor, result, call, startedMs);
    },
  };
}

function connectionSuspended(): ConnectorError {
  return new ConnectorError('FAILED_PRECONDITION', 'the connection is suspended; set suspended to false to resume', {
    reason: 'CONNECTION_SUSPENDED',
  });
}

/** Limits an operation to the inputs of a restricted function. */
export function limitInputs(operation: PreparableOperation, inputs: FunctionInputs | undefined): PreparableOperation {
  if (inputs === undefined) return operation;
  return {
    ...operation,
    prepare: (connector, body, options) => operation.prepare(connector, body, { ...options, inputs }),
  };
}

function inputOf(body: RequestBody<BodyKind>): Input {
  return 'connectorInputPayload' in body ? (body.connectorInputPayload ?? {}) : {};
}

/** Returns the target of a call with `waitFor`: its entity or action, and the id of the object. */
function waitTarget(body: RequestBody<BodyKind>, target: string): WaitTarget {
  if ('entity' in body) {
    // A clause may match many objects.
    const hasClause = 'filterClause' in body && body.filterClause !== undefined;
    const entityId = 'entityId' in body ? body.entityId : undefined;
    return { entity: target, action: undefined, objectId: hasClause ? '' : entityId };
  }
  const inputId = Object.entries(inputOf(body)).find(([name]) => /^[A-Z]\w*Id$/.test(name))?.[1];
  return { entity: undefined, action: target, objectId: typeof inputId === 'string' ? inputId : undefined };
}

function toCallContext(
  { settings, clock }: Connector,
  name: string,
  body: RequestBody<BodyKind>,
  options: InvocationOptions,
): CallContext {
  const account = accountForCall(settings, body.accountId);
  const { operationId, freshId, withoutSecrets, deadlineMs, lateMs = 0, maxWaitMs } = options;
  const { lastRetriedKeyVersion, responseFlags } = options;
  return {
    name,
    clock,
    deadlineAt: clock.monotonicMs() + deadlineMs - lateMs,
    outputFormat: body.outputFormat ?? settings.outputFormat,
    responseFlags,
    waits: options.waits,
    written: {},
    dryRun: body.dryRun,
    priority: body.priority,
    fields: 'fields' in body ? body.fields : undefined,
    expand: 'expand' in body ? body.expand : undefined,
    operationId,
    freshId,
    withoutSecrets,
    account,
    maxWaitMs,
    lastRetriedKeyVersion,
  };
}
