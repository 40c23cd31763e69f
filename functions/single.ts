import '../shared/http/preload/http.ts';
import { singleFunction } from '../shared/management/single-function.ts';
import { getApp } from '../shared/app.ts';
import manifest from './manifest.json';

export const single = singleFunction(getApp, manifest.functions);
