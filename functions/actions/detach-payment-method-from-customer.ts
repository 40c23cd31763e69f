import '../../shared/http/preload/http.ts';
import { defineActionFunction } from '../../shared/http/define-function.ts';
import { getApp } from '../../shared/app.ts';

export const detachPaymentMethodFromCustomer = defineActionFunction(getApp, 'DetachPaymentMethodFromCustomer');
