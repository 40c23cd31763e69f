import '../shared/http/preload/http.ts';
import { managementFunction } from '../shared/management/function.ts';
import { getDescribedApp } from '../shared/app.ts';
import manifest from './manifest.json';

export const connection = managementFunction(getDescribedApp, manifest.functions);
