import type { ActionRow } from '../catalog/actions.ts';
import { shown } from '../bounds.ts';
import { suggestion } from '../catalog/names.ts';
import { ConnectorError } from '../errors.ts';
import type { Catalogue } from '../ports/catalog.ts';
import type { StripeRequest } from '../stripe/transport.ts';
import { actionRow } from './rows/action-row.ts';
import { shapedAfter, type Call } from '../stripe/call-context.ts';
import { answered, refuseNotServed, type Answer, type ConnectorParts } from './connector.ts';
import { dryRun } from './dry-run.ts';
import { namingOf } from './request/naming.ts';
import { requestOnce } from '../idempotency/idempotent-request.ts';
import { pickKeys } from './rows/select-fields.ts';
import { planAction } from './request/action-request.ts';
import { addressed } from './request/entity-request.ts';

/** One action on one object: an array of one row. */
export async function act(
  parts: ConnectorParts,
  name: string,
  input: Readonly<Record<string, unknown>>,
  call: Call,
): Promise<Answer> {
  const row = requireAction(parts.catalogue, name);
  const pick = pickKeys(parts.catalogue, row, call);
  const naming = namingOf(parts, call, row.method !== 'GET');
  const request = addressed(withExpand(parts, row, planAction(row, input, naming), call), call);
  const warnings = naming.tell();
  if (call.dryRun === true) return dryRun(parts, [request]);
  const body = await requestOnce(parts, request, call);
  const payload = call.outputFormat === 'native' ? body : shapedAfter(call, () => pick(actionRow(row, body)));
  return answered([payload], row.method === 'GET' ? 'none' : 'done', warnings);
}

export function requireAction(catalogue: Catalogue, name: string): ActionRow {
  const row = catalogue.action(name);
  if (row !== undefined) return row;
  refuseNotServed((one) => one.name === name);
  const description = `there is no action ${shown(name)}${suggestion(name, catalogue.actionNames())}`;
  throw new ConnectorError('UNIMPLEMENTED', description, { reason: 'ACTION_UNKNOWN' });
}

/** The caller's expansions, and in the `connector` format those that tell older keys; another API version has them itself. */
function withExpand(parts: ConnectorParts, row: ActionRow, plan: StripeRequest, call: Call): StripeRequest {
  const own = call.outputFormat === 'native' || !parts.strict ? [] : (row.expand ?? []);
  const asked = Array.isArray(plan.params['expand']) ? (plan.params['expand'] as string[]) : [];
  const all = [...new Set([...asked, ...(call.expand ?? []), ...own])];
  return all.length === 0 ? plan : { ...plan, params: { ...plan.params, expand: all } };
}
