export { rank as default } from './rank.ts';
