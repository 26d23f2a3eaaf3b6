import { cancel, confirm, intro, isCancel, multiselect, note, outro, text } from '@clack/prompts';
import { UsageError } from '../command.ts';
import { type Platform, serviceName } from '../define-platform.ts';
import { parts as removableParts } from '../parts/index.ts';
import { parseNames } from '../rename/names.ts';
import { type Choices, findRemovable, planCommands, toCommandLine } from './plan.ts';

/** Prompts a person in a terminal for the choices. @throws UsageError if the person cancels */
export async function promptForChoices(platform: Platform): Promise<Choices> {
  intro('Make this template your own');
  const name = await take(
    text({
      message: 'What is its name?',
      placeholder: 'acme-shop',
      validate: (value) => findFault(() => parseNames(value ?? '')),
    }),
  );
  const derived = parseNames(name);
  const title = await take(
    text({
      message: 'What do people call it?',
      initialValue: derived.title,
      validate: (value) => findFault(() => parseNames(name, { title: value ?? '' })),
    }),
  );
  const scope = await take(
    text({
      message: 'What is the scope of its packages?',
      initialValue: derived.scope,
      validate: (value) => findFault(() => parseNames(name, { scope: value ?? '' })),
    }),
  );
  const remove = [...(await promptForParts(platform)), ...(await promptForServices(platform))];
  const add = await take(
    text({
      message: 'Which service do you want to add? (leave empty for none)',
      placeholder: 'reviews',
      defaultValue: '',
      validate: (value) => (value ? findServiceFault(platform, value) : undefined),
    }),
  );
  const choices = {
    name,
    ...(title === derived.title ? {} : { title }),
    ...(scope === derived.scope ? {} : { scope }),
    remove,
    add: add === '' ? [] : [add],
  };
  note(planCommands(platform, choices).map(toCommandLine).join('\n'), 'These commands do it');
  if (!(await take(confirm({ message: 'Run them?' })))) stop();
  outro('The commands run on a copy. If one fails, nothing is changed.');
  return choices;
}

const findServiceFault = ({ services }: Platform, name: string): string | undefined =>
  name in services
    ? `The service ${name} exists already.`
    : serviceName.safeParse(name).error?.issues[0]?.message;

async function promptForParts({ parts }: Platform): Promise<string[]> {
  if (parts.length === 0) return [];
  const titles = new Map(removableParts.map(({ name, title }) => [name, title]));
  const kept: readonly string[] = await take(
    multiselect({
      message: 'Which parts do you keep?',
      options: parts.map((part) => ({ value: part, label: part, hint: titles.get(part) ?? '' })),
      initialValues: [...parts],
      required: false,
    }),
  );
  return parts.filter((part) => !kept.includes(part));
}

async function promptForServices(platform: Platform): Promise<string[]> {
  const removable = findRemovable(platform);
  if (removable.length === 0) return [];
  const kept: readonly string[] = await take(
    multiselect({
      message: 'Which services do you keep? (no other service needs these)',
      options: removable.map((name) => ({
        value: name,
        label: name,
        hint: platform.services[name]?.description ?? '',
      })),
      initialValues: removable,
      required: false,
    }),
  );
  return removable.filter((name) => !kept.includes(name));
}

/** Waits for the input of a person. @throws UsageError if the person cancels */
async function take<Value>(prompt: Promise<Value>): Promise<Exclude<Value, symbol>> {
  const value = await prompt;
  return isCancel(value) ? stop() : (value as Exclude<Value, symbol>);
}

function stop(): never {
  cancel('Cancelled.');
  throw new UsageError('No command ran.');
}

/** Returns the message of the fault that `parse` finds. */
function findFault(parse: () => unknown): string | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
