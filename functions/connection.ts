import '../shared/http/preload/http.ts';
import { managementFunction } from '../shared/management/function.ts';
import { getApp } from '../shared/app.ts';
import manifest from './manifest.json';

export const connection = managementFunction(getApp, manifest.functions);
