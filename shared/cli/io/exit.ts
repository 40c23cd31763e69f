import { isConnectorError, toConnectorError } from '../../errors.ts';
import { MAX_TEXT_LENGTH } from '../../bounds.ts';
import { redact } from '../../redact.ts';
import { withOptionName } from './option-names.ts';
import { ConnectorFailure } from '../../schema/client/runtime.ts';

/** Exit statuses of every command. */
export const EXIT = { success: 0, failure: 1, usage: 2, notFound: 3 } as const;

/** A problem with the command line that its parser does not see. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A failure whose message tells the user what to do. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}

/**
 * The failure of a write that got no response. The write may have taken effect. A repeat with its operation id is safe.
 */
export class UnknownOutcome extends CommandFailure {
  readonly operationId: string;

  constructor(cause: unknown, operationId: string) {
    super(toCommandError(cause).message);
    this.operationId = operationId;
  }
}

/** An error as the command shows it. */
export interface CommandError {
  readonly message: string;
  readonly status: number;
  readonly reason: string;
  /** Set for writes only. */
  readonly operationId?: string | undefined;
  /** For writes: what the write did at Stripe, `unknown` if the command cannot tell. */
  readonly effect?: string | undefined;
}

/** Converts anything that a command threw to an error for the user, without a stack. */
export function toCommandError(cause: unknown): CommandError {
  if (cause instanceof UsageError) return errorAs(cause.message, EXIT.usage, 'USAGE');
  if (cause instanceof UnknownOutcome)
    return { ...errorAs(cause.message, EXIT.failure, 'FAILED'), operationId: cause.operationId, effect: 'unknown' };
  if (cause instanceof CommandFailure) return errorAs(cause.message, EXIT.failure, 'FAILED');
  if (cause instanceof ConnectorFailure) {
    const { message, status, reason, operationId, effect } = cause;
    return { ...errorAs(message, exitOf(status, reason), reason), operationId, effect };
  }
  if (isConnectorError(cause))
    return errorAs(cause.message, exitOf(cause.status, cause.details.reason), cause.details.reason);
  // Node's errors of files and processes name what failed: ENOENT: no such file or directory, open 'x'.
  const { message } = cause instanceof Error ? cause : toConnectorError(cause);
  const inner = cause instanceof Error && cause.cause instanceof Error ? `: ${cause.cause.message}` : '';
  return errorAs(`${message}${inner}`, EXIT.failure, 'FAILED');
}

function errorAs(message: string, status: number, reason: string): CommandError {
  return { message: withOptionName(redact(message, [], MAX_TEXT_LENGTH)), status, reason };
}

/** Stripe's reason if an input names an object that does not exist. */
const MISSING_REFERENCE = 'RESOURCE_MISSING';

/**
 * Returns the exit status for Google's canonical code. UNIMPLEMENTED is wrong usage: the user typed an operation or an
 * action that Stripe does not have or the connector does not support.
 */
function exitOf(status: string, reason: string): number {
  if (status === 'NOT_FOUND' || reason === MISSING_REFERENCE) return EXIT.notFound;
  return status === 'INVALID_ARGUMENT' || status === 'UNIMPLEMENTED' ? EXIT.usage : EXIT.failure;
}
