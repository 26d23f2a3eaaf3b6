import { workerData } from 'node:worker_threads';
import { type FormatWork, formatInTurn } from './format.ts';

await formatInTurn(workerData as FormatWork);
