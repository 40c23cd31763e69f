import { isSuccess, rowsOfReply, runFunction, type OutputRow } from '../../api/calls.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { formatMoney } from '../../format/money.ts';
import { useCatalog } from '../../shell/console-context.tsx';

/**
 * How much of a payment is refunded and how much is left: `$5.00 refunded, $10.00 left`. Undefined without a refund.
 * For a succeeded PaymentIntent, one request to Stripe reads the charge, which has the refunded amount.
 */
export function useRefunded(entity: string, row: OutputRow | undefined, lastCallNumber = 0): string | undefined {
  const { entities } = useCatalog();
  const { LatestCharge: latest, Status: status, Currency: currency } = row ?? {};
  const canReadCharges = entities.some(({ name, operations }) => name === 'Charge' && operations.includes('Get'));
  const needsCharge =
    entity === 'PaymentIntent' && status === 'succeeded' && typeof latest === 'string' && canReadCharges;
  const { data } = useLoaded(needsCharge ? `refunded ${latest} ${lastCallNumber}` : '', async () => {
    if (!needsCharge) return undefined;
    const reply = await runFunction({ functionName: 'get-entity', body: { entity: 'Charge', entityId: latest } });
    return isSuccess(reply) ? rowsOfReply(reply)[0] : undefined;
  });
  const charge = entity === 'Charge' ? row : data;
  const { AmountRefunded: refunded, AmountCaptured: captured, Amount: amount } = charge ?? {};
  const whole = typeof captured === 'number' ? captured : amount;
  if (typeof refunded !== 'number' || refunded === 0 || typeof whole !== 'number' || typeof currency !== 'string')
    return undefined;
  return `${formatMoney(refunded, currency)} refunded, ${formatMoney(whole - refunded, currency)} left`;
}
