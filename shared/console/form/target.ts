import type { Operation } from '../../catalog/types.ts';
import type { FunctionCall } from '../api/calls.ts';
import type { FormDraft } from '../state/drafts.ts';

/** The operation or the action that a form calls. */
export type FormTarget =
  | { readonly kind: 'entity'; readonly entity: string; readonly operation: Operation; readonly byId: boolean }
  | { readonly kind: 'action'; readonly action: string; readonly entity: string; readonly readOnly: boolean };

const FUNCTION_NAMES: Readonly<Record<Operation, string>> = {
  List: 'list-entities',
  Get: 'get-entity',
  Create: 'create-entity',
  Update: 'update-entity',
  Delete: 'delete-entity',
};

export function targetName(target: FormTarget): string {
  return target.kind === 'action' ? target.action : `${target.entity}.${target.operation}`;
}

export function isReadOnly(target: FormTarget): boolean {
  return target.kind === 'action' ? target.readOnly : target.operation === 'List' || target.operation === 'Get';
}

/** Whether the form updates an object. Such a form shows the current values of the object. */
export function isUpdate(target: FormTarget): boolean {
  return target.kind === 'entity' && target.operation === 'Update';
}

/** The text of the form's button: `Create`, `Confirm Payment Intent`. */
export function runLabel(target: FormTarget, title: string): string {
  return target.kind === 'action' ? title : target.operation;
}

/** Verbs of operations and actions that end something at Stripe. */
const DESTRUCTIVE =
  /^(Delete|Cancel|Void|Reject|Detach|Expire|Close|Disconnect|Redact|Uninstall|Archive|Deactivate|Disable|Mark|Reverse)/;

/** Whether the call ends something at Stripe. Most such calls cannot be undone. */
export function isDestructive(target: FormTarget): boolean {
  return DESTRUCTIVE.test(target.kind === 'action' ? target.action : target.operation);
}

/** Whether the call accepts a clause that selects rows to change, in place of an id. */
export function acceptsClause(target: FormTarget): boolean {
  return target.kind === 'entity' && (target.operation === 'Update' || target.operation === 'Delete');
}

/** Returns the call of a form, without empty fields. */
export function buildFormCall(target: FormTarget, draft: FormDraft): FunctionCall {
  const common = { operationId: isReadOnly(target) ? '' : draft.operationId, accountId: draft.accountId };
  const payload = Object.keys(draft.payload).length === 0 ? '' : draft.payload;
  if (target.kind === 'action')
    return {
      functionName: 'execute-action',
      body: withoutEmpty({ action: target.action, connectorInputPayload: draft.payload, ...common }),
    };
  const { entity, operation } = target;
  const { entityId, filterClause } = draft;
  const rows = { entityId, filterClause, maxAffected: asNumber(draft.maxAffected) };
  const bodies: Readonly<Record<Operation, object>> = {
    List: { filterClause },
    Get: { entityId, connectorInputPayload: payload },
    Create: { connectorInputPayload: draft.payload },
    Update: { ...rows, connectorInputPayload: draft.payload },
    Delete: { ...rows, connectorInputPayload: payload },
  };
  return { functionName: FUNCTION_NAMES[operation], body: withoutEmpty({ entity, ...bodies[operation], ...common }) };
}

function withoutEmpty(body: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== ''));
}

/** The number that a text contains. Any other text is sent unchanged, so that the connector reports the error. */
function asNumber(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}
