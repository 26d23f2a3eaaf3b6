import { UsageError } from '../command.ts';
import { publicService } from '../derived.ts';
import { parseWords } from '../options.ts';
import { addCall, importInApp } from './add-call.ts';
import { findContractNames, toClientKind } from './contracts.ts';
import { addCallEntry } from './manifest.ts';
import { type Target, checkManifest, parseKind, requireService, writeDerived } from './target.ts';

const OPTIONS = {
  to: { type: 'string' },
  critical: { type: 'boolean' },
  degradable: { type: 'boolean' },
} as const;

/** @throws UsageError before anything is written */
export async function addUpstream(target: Target, args: readonly string[]): Promise<string[]> {
  const { root, platform, code, step } = target;
  const { values, positionals } = parseWords(args, OPTIONS);
  const [called, ...others] = positionals;
  const caller = values.to;
  if (called === undefined || caller === undefined || others.length > 0)
    throw new UsageError('Give the called service and its caller: add upstream payments --to orders');
  requireService(target, called, 'upstream');
  requireService(target, caller, '--to');
  if (called === publicService(platform).name)
    throw new UsageError(`${called} is public, so no other service calls it.`);
  if (called in (platform.services[caller]?.calls ?? {}))
    throw new UsageError(`${caller} calls ${called} already.`);
  const kind = parseKind(values);
  addCallEntry(code, caller, called, kind);
  await checkManifest(target);

  step(`Writes the client of ${called} in ${caller}`);
  const client = toClientKind(await findContractNames(root, code), called);
  await addCall(target, { caller, called, client }, platform.services[called]?.port ?? 0);
  importInApp(code, caller, called);
  await writeDerived(target, [caller]);
  return [
    `apps/${caller}/src/${called}/${called}.client.ts: add a method for each request`,
    'npm test',
    `git commit -m "${caller}: call ${called}"`,
  ];
}
