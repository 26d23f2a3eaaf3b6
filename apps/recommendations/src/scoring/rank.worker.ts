export { rank as default } from '../model/rank.ts';
