import type { Command } from '../command.ts';
import { generateCommand } from './generate.ts';
import { removeCommand } from './remove.ts';
import { renameCommand } from './rename.ts';

/** The commands of `npm run platform`, in the order of the help text. */
export const commands: readonly Command[] = [renameCommand, removeCommand, generateCommand];
