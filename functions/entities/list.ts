import '../../shared/http/preload/http.ts';
import { defineEntityFunction } from '../../shared/http/define-function.ts';
import { getApp } from '../../shared/app.ts';

export const listEntities = defineEntityFunction(getApp, 'List');
