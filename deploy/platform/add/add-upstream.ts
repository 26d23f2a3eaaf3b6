import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../command.ts';
import { publicService } from '../derived.ts';
import { parseWords } from '../options.ts';
import { addCall, addExternalCall, importInApp } from './add-call.ts';
import { findContractNames, toClientKind } from './contracts.ts';
import { requireFreeName } from './free-names.ts';
import { addCallEntry, addUpstreamEntry } from './manifest.ts';
import { type Target, checkManifest, parseKind, requireService, writeDerived } from './target.ts';

const OPTIONS = {
  to: { type: 'string' },
  url: { type: 'string' },
  critical: { type: 'boolean' },
  degradable: { type: 'boolean' },
} as const;

/** @throws UsageError before anything is written */
export async function addUpstream(target: Target, args: readonly string[]): Promise<string[]> {
  const { platform, isRepeated } = target;
  const { values, positionals } = parseWords(args, OPTIONS);
  const [called, ...others] = positionals;
  const caller = values.to;
  if (called === undefined || caller === undefined || others.length > 0)
    throw new UsageError('Give the called service and its caller: add upstream payments --to orders');
  requireService(target, caller, '--to');
  const { calls = {}, upstreams = {} } = platform.services[caller] ?? {};
  const isThere = called in calls || called in upstreams;
  if (isThere && isRepeated) return [];
  if (isThere) throw new UsageError(`${caller} calls ${called} already.`);

  if (values.url === undefined) await addServiceCall(target, { caller, called }, values);
  else await addServer(target, { caller, called, url: values.url }, values);
  importInApp(target.code, caller, called);
  await writeDerived(target, [caller]);
  return [
    `apps/${caller}/src/${called}/${called}.client.ts: add a method for each request`,
    'npm test',
    `git commit -m "${caller}: call ${called}"`,
  ];
}

interface Ends {
  readonly caller: string;
  readonly called: string;
}
type Kind = Parameters<typeof parseKind>[0];

async function addServiceCall(target: Target, { caller, called }: Ends, kind: Kind): Promise<void> {
  const { root, platform, code, step } = target;
  requireService(target, called, 'upstream', 'Give the address of a server outside the platform with --url.');
  if (called === publicService(platform).name)
    throw new UsageError(`${called} is public, so no other service calls it.`);
  addCallEntry(code, caller, called, parseKind(kind));
  await checkManifest(target);
  step(`Writes the client of ${called} in ${caller}`);
  const client = toClientKind(await findContractNames(root, code), called);
  await addCall(target, { caller, called, client }, platform.services[called]?.port ?? 0);
}

/** Adds the call of a server that is not part of the platform. */
async function addServer(
  target: Target,
  { caller, called, url }: Ends & { url: string },
  { critical, degradable }: Kind,
): Promise<void> {
  const { root, platform, code, step } = target;
  if (called in platform.services)
    throw new UsageError(`${called} is a service of this platform: leave out --url.`);
  if (critical || degradable)
    throw new UsageError('--critical and --degradable are for services of this platform: leave them out.');
  requireFreeName(root, platform, await findContractNames(root, code), called);
  const folder = `apps/${caller}/src/${called}`;
  if (existsSync(join(root, folder)))
    throw new UsageError(`The name ${called} is taken: ${folder} exists already.`);
  const { href, origin } = URL.parse(url) ?? {};
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '') || href !== `${origin}/`)
    throw new UsageError(
      `--url ${url} is no address of a server: give one such as https://payments.example. A path belongs in the client.`,
    );
  addUpstreamEntry(code, caller, called, origin!);
  await checkManifest(target);
  step(`Writes the client of ${called} in ${caller}`);
  await addExternalCall(target, { caller, called, url: origin! });
}
