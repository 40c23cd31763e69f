import { load } from './start.ts';

module.exports = load('main.cjs');
