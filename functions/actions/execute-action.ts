import '../../shared/http/preload/http.ts';
import { defineExecuteActionFunction } from '../../shared/http/define-function.ts';
import { getApp } from '../../shared/app.ts';

export const executeAction = defineExecuteActionFunction(getApp);
