/** Automation, leases and Stripe's events with a bug in them. */
import { seesEach, type Mutant } from './planted.ts';

const CRASHES = 'test/simulation/crash-points.test.ts';

const MUTANTS: Readonly<Record<string, Mutant>> = {
  'a message is acknowledged although its outcome was not published': {
    file: 'shared/automation/handle-message.ts',
    right: "return { kind: 'retry', call: outcome.call, error: unpublished(cause) };",
    wrong: 'void unpublished(cause); return outcome;',
    test: CRASHES,
    named: 'Create, completed',
  },
  'a refused payment is tried again with every delivery': {
    file: 'shared/idempotency/record/claim.ts',
    right: 'record.keyVersion > lastRetriedKeyVersion)',
    wrong: 'record.keyVersion > Infinity)',
    test: CRASHES,
    named: 'ConfirmPaymentIntent, declined',
  },
  'an unexpected error counts as without effect': {
    file: 'shared/stripe/client.ts',
    right: 'throw annotateError(finalError, call, state.effect);',
    wrong: "throw annotateError(finalError, call, 'none');",
    test: 'test/unit/stripe-client-retries.test.ts',
    named: 'an unexpected error after',
  },
  'an operation is executed without a record': {
    file: 'shared/idempotency/run-idempotent.ts',
    right: 'claimed = await deps.operations.create(id, transition);',
    wrong: `claimed =
      call.part === undefined
        ? {
            kind: 'acquired',
            lease: {
              fence: 1,
              keyVersion: Math.floor(requestedMs),
              repeats: false,
              expand: '',
              firstUs: 0,
              lastUs: 0,
            },
          }
        : await deps.operations.create(id, transition);`,
    test: CRASHES,
    named: 'Create, completed',
  },
  'a lease that is over is not looked at': {
    file: 'shared/stripe/client.ts',
    right: 'if (leaseLeftMs <= 0) throw leaseLostError();',
    wrong: '',
    test: 'test/unit/stripe-client-permits.test.ts',
    named: 'if the lease expires before',
  },
  'a lease is not renewed': {
    file: 'shared/idempotency/lease-keeper.ts',
    right: 'if (renewed === true) this.extend(requestedMs);',
    wrong: 'if (renewed === true) return;',
    test: 'test/unit/tenure.test.ts',
    named: 'work of minutes',
  },
  'an event is marked before it is published': {
    file: 'shared/webhooks/publish.ts',
    right: 'const refetched = await refetch(connector, event, MAX_READ_MS[via]);',
    wrong:
      'arrival.publishedMs = 1; await inbox.write(arrival); const refetched = await refetch(connector, event, MAX_READ_MS[via]);',
    test: 'test/unit/reconcile.test.ts',
    named: 'if Stripe or Pub/Sub fails',
  },
  'messages may ask for whatever they like': {
    file: 'shared/automation/execute.ts',
    right: 'requireAllowed(connector.settings.automationAllowlist, connector.open, call);',
    wrong: 'void requireAllowed;',
    test: 'test/unit/automation-permissions.test.ts',
    named: 'in the cloud',
  },
  'a flattened client secret is published': {
    file: 'shared/stripe/sensitive-fields.ts',
    right: 'isSecretName(key, type) ? null : maskSensitiveFields(member)',
    wrong: "key === 'client_secret' ? null : maskSensitiveFields(fields)",
    test: 'test/unit/automation-dead-letters.test.ts',
    named: 'publishes no secret of a response',
  },
};

seesEach(MUTANTS);
