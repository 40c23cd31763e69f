import type { Action } from '../catalog/types.ts';
import { quoted } from '../bounds.ts';
import { MAX_COMPARED_LENGTH, suggestion } from '../catalog/names.ts';
import { ConnectorError } from '../errors.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { StripeObject, StripeRequest } from '../stripe/transport.ts';
import { toActionRow } from './rows/action-row.ts';
import { withAppliedEffect, type CallContext } from '../stripe/call-context.ts';
import { operationResult, rejectIfUnsupported, type OperationResult, type ConnectorDeps } from './connector.ts';
import { dryRun } from './dry-run.ts';
import { withMissingInputName } from './request/missing-input.ts';
import { createInputPolicy } from './request/input-policy.ts';
import { idempotentRequest } from '../idempotency/idempotent-request.ts';
import { selectKeys } from './rows/select-fields.ts';
import { actionFields, buildActionRequest } from './request/action-request.ts';
import { withCallOptions } from './request/entity-request.ts';

/** Executes one action. The payload is an array with one row, or with Stripe's response in the `native` format. */
export async function executeAction(
  deps: ConnectorDeps,
  name: string,
  input: Readonly<Record<string, unknown>>,
  call: CallContext,
): Promise<OperationResult> {
  const definition = requireAction(deps.catalog, name);
  const pick = selectKeys(deps.catalog, definition, call);
  const inputPolicy = createInputPolicy(deps, call, definition.method !== 'GET');
  const request = withCallOptions(
    withExpand(deps, definition, buildActionRequest(definition, input, inputPolicy), call),
    call,
  );
  const warnings = inputPolicy.warn();
  if (call.dryRun === true) return dryRun(deps, [request]);
  const body = await withMissingInputName(actionFields(definition), idempotentRequest(deps, request, call));
  const payload =
    call.outputFormat === 'native' ? body : withAppliedEffect(call, () => pick(toActionRow(definition, body)));
  return operationResult([payload], definition.method === 'GET' ? 'none' : 'done', warnings);
}

/** Returns the row of an action for the current state of its object, or the object in the `native` format. */
export function currentActionRow(
  { catalog }: ConnectorDeps,
  name: string,
  object: StripeObject,
  call: CallContext,
): unknown {
  const definition = requireAction(catalog, name);
  return call.outputFormat === 'native'
    ? object
    : selectKeys(catalog, definition, call)(toActionRow(definition, object));
}

/**
 * Returns the definition of an action. Throws UNIMPLEMENTED for an unknown name, with a suggestion if a known name is
 * near.
 */
export function requireAction(catalog: Catalog, name: string): Action {
  const definition = catalog.action(name);
  if (definition !== undefined) return definition;
  rejectIfUnsupported((method) => method.name === name);
  const description = `no action ${quoted(name)}${actionSuggestion(name, catalog.actionNames())}`;
  throw new ConnectorError('UNIMPLEMENTED', description, { reason: 'ACTION_UNKNOWN' });
}

/**
 * Suggests an action for an unknown name. `PaymentIntent.Confirm` leads to ConfirmPaymentIntent, because the verb comes
 * first in the name of an action.
 */
function actionSuggestion(name: string, known: readonly string[]): string {
  const parts = name.length > MAX_COMPARED_LENGTH ? [] : name.split('.');
  const verb = parts.pop() ?? '';
  // Some names of actions contain the namespace of the entity (ActivateBillingAlert), others do not (AdvanceTestClock).
  for (const entity of [parts.join(''), parts.at(-1) ?? '']) {
    const wanted = (verb + entity).toLowerCase();
    const found = entity === '' ? undefined : known.find((action) => action.toLowerCase() === wanted);
    if (found !== undefined) return `; did you mean ${found}?`;
  }
  return suggestion(name, known);
}

/**
 * Adds the caller's expansions to a request. In the `connector` format it also adds the expansions from which the
 * legacy fields are derived. It does not add these for another API version than the catalog's, which may return the
 * legacy fields itself.
 */
function withExpand(deps: ConnectorDeps, definition: Action, request: StripeRequest, call: CallContext): StripeRequest {
  const legacyExpand = call.outputFormat === 'native' || !deps.strict ? [] : (definition.expand ?? []);
  const requested = Array.isArray(request.params['expand']) ? (request.params['expand'] as string[]) : [];
  const all = [...new Set([...requested, ...(call.expand ?? []), ...legacyExpand])];
  return all.length === 0 ? request : { ...request, params: { ...request.params, expand: all } };
}
