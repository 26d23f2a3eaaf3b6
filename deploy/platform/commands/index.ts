import type { Command } from '../command.ts';
import { addCommand } from './add.ts';
import { doctorCommand } from './doctor.ts';
import { generateCommand } from './generate.ts';
import { removeCommand } from './remove.ts';
import { renameCommand } from './rename.ts';
import { updateCommand } from './update.ts';

/** The commands of `npm run platform`, in the order of the help text. */
export const commands: readonly Command[] = [
  renameCommand,
  addCommand,
  removeCommand,
  updateCommand,
  doctorCommand,
  generateCommand,
];
