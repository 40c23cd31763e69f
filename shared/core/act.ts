import { findAction, type ActionRow } from '../catalog/actions.ts';
import { ConnectorError } from '../errors.ts';
import type { StripeRequest } from '../ports/stripe.ts';
import { actionRow } from './action-row.ts';
import type { Call } from './call.ts';
import type { Answer, ConnectorParts } from './connector.ts';
import { planAction } from './plan-action.ts';
import { addressed } from './plan-entity.ts';

/** One action on one object: an array of one row. */
export async function act(
  parts: ConnectorParts,
  name: string,
  input: Readonly<Record<string, unknown>>,
  call: Call,
): Promise<Answer> {
  const row = findAction(name);
  if (row === undefined)
    throw new ConnectorError('UNIMPLEMENTED', `there is no action ${name}`, { reason: 'ACTION_UNKNOWN' });
  const plan = planAction(row, parts.catalogue.actionParams(name), input, parts.strict);
  const answer = await parts.door.run(addressed(withExpand(parts, row, plan, call), call), call);
  const payload = call.outputFormat === 'native' ? answer.body : actionRow(row, answer.body);
  return { status: 200, connectorOutputPayload: [payload] };
}

/** In the `connector` format older keys are told from what Stripe expands; another API version has them itself. */
function withExpand(parts: ConnectorParts, row: ActionRow, plan: StripeRequest, call: Call): StripeRequest {
  if (row.expand === undefined || call.outputFormat === 'native' || !parts.strict) return plan;
  const asked = Array.isArray(plan.params['expand']) ? (plan.params['expand'] as string[]) : [];
  return { ...plan, params: { ...plan.params, expand: [...new Set([...asked, ...row.expand])] } };
}
