import { UsageError } from '../command.ts';
import { publicService, toTitle } from '../derived.ts';
import { parseWords } from '../options.ts';
import { addCall, importInApp } from './add-call.ts';
import { findContractNames, toClientKind } from './contracts.ts';
import { requireFreeName } from './free-names.ts';
import { addCallEntry, addServiceEntry } from './manifest.ts';
import { addPagePart } from './page-part.ts';
import { choosePort, requireIdlePort } from './ports.ts';
import { parseStores } from './stores.ts';
import { writeService } from './service-files.ts';
import { type Target, checkManifest, parseKind, parseNames, requireService, writeDerived } from './target.ts';

const OPTIONS = {
  calls: { type: 'string' },
  'called-by': { type: 'string' },
  critical: { type: 'boolean' },
  degradable: { type: 'boolean' },
  stores: { type: 'string' },
  port: { type: 'string' },
  description: { type: 'string' },
} as const;

/** Promises of a service that a page needs, and of one that it can do without. */
const OBJECTIVES = {
  critical: { availability: 0.999, latencyMs: 250 },
  degradable: { availability: 0.99, latencyMs: 250 },
} as const;

/** @throws UsageError before anything is written */
export async function addService(
  target: Target,
  args: readonly string[],
  { checkPort }: { checkPort: boolean },
): Promise<string[]> {
  const { root, platform, code, step } = target;
  const { values, positionals } = parseWords(args, OPTIONS);
  const [name, ...others] = positionals;
  if (target.isRepeated && name && name in platform.services) return [];
  const contracts = await findContractNames(root, code);
  requireFreeName(root, platform, contracts, name);
  if (others.length > 0) throw new UsageError(`Give one name, not ${positionals.join(' ')}.`);
  const gateway = publicService(platform).name;
  const [calls, callers] = [parseNames(values.calls), parseNames(values['called-by'])];
  for (const called of calls) requireService(target, called, '--calls');
  for (const caller of callers) requireService(target, caller, '--called-by');
  if (calls.includes(gateway))
    throw new UsageError(`--calls: ${gateway} is public, so no other service calls it.`);
  const kind = parseKind(values);
  const stores = parseStores(parseNames(values.stores));
  const port = choosePort(platform, values.port);
  if (checkPort) await requireIdlePort(port);

  const description = values.description ?? `${toTitle(name)} of a product`;
  addServiceEntry(code, { name, port, description, stores, calls, objectives: OBJECTIVES[kind] });
  for (const caller of callers) addCallEntry(code, caller, name, kind);
  await checkManifest(target);

  step(`Writes the service ${name}, which listens on port ${port}`);
  const clients = calls.map((called) => ({ called, client: toClientKind(contracts, called) }));
  await writeService(target, { name, port, stores }, clients);
  for (const { called, client } of clients) {
    step(`Writes the client of ${called} in ${name}`);
    await addCall(target, { caller: name, called, client }, platform.services[called]?.port ?? 0);
  }
  for (const caller of callers) {
    step(`Writes the client of ${name} in ${caller}`);
    await addCall(target, { caller, called: name, client: 'list' }, port);
    await code.save();
    if (caller === gateway) await addPagePart(target, { gateway, name, kind });
    else importInApp(code, caller, name);
  }
  await writeDerived(target, [name, ...callers]);
  return [
    `npm run demo       # the platform with ${name}`,
    `apps/${name}/src/${name}/${name}.service.ts: replace the entries by your data`,
    'npm test',
    `git commit -m "${name}: add the service"`,
  ];
}
