import { amounts, boolean, currencies, stringList } from '../validators.ts';
import { setting } from './setting.ts';

/** The rules for writes. `shared/stripe/write-policy` enforces them. */
export const writePolicySettings = () => ({
  read_only: setting('rejects every write', boolean(), false),
  allowed_currencies: setting('currencies that a write may use, lower case; default all', currencies()),
  max_amounts: setting(
    'maximum amount of a write by currency, in its minor unit; other currencies are rejected',
    amounts(),
  ),
  allow_unbounded: setting(
    'operations (Refund.Create) and actions (PayInvoice) that are sent although max_amounts cannot limit them; default none',
    stringList(
      /^[A-Z][A-Za-z0-9]*(\.[A-Z][A-Za-z0-9]*)*$/,
      'at most 1000 operations (Refund.Create) and actions (PayInvoice), each by its name',
      1000,
    ),
  ),
});
