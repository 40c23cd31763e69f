import '../../shared/serve/before-request.ts';
import { actionFunction } from '../../shared/serve/functions.ts';
import { world } from '../../shared/world.ts';

export const detachPaymentMethodFromCustomer = actionFunction(world, 'DetachPaymentMethodFromCustomer');
