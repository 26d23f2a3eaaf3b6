import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../command.ts';
import { publicService } from '../derived.ts';
import { parseWords } from '../options.ts';
import { findContractNames } from './contracts.ts';
import { requireFreeName } from './free-names.ts';
import { writeFeature } from './service-files.ts';
import { type Target, requireService, writeDerived } from './target.ts';

/** @throws UsageError before anything is written */
export async function addFeature(target: Target, args: readonly string[]): Promise<string[]> {
  const { root, platform, code, step } = target;
  const { values, positionals } = parseWords(args, { to: { type: 'string' } });
  const [name, ...others] = positionals;
  const service = values.to;
  if (name === undefined || service === undefined || others.length > 0)
    throw new UsageError('Give the name of the feature and its service: add feature wishes --to catalog');
  const folder = `apps/${service}/src/${name}`;
  if (target.isRepeated && existsSync(join(root, folder))) return [];
  requireFreeName(root, platform, await findContractNames(root, code), name);
  requireService(target, service, '--to');
  if (existsSync(join(root, folder)))
    throw new UsageError(`The name ${name} is taken: ${folder} exists already.`);

  step(`Writes the feature ${name} of ${service}`);
  const isPublic = service === publicService(platform).name;
  await writeFeature(target, { name, service, isPublic });
  await writeDerived(target, [service]);
  return [
    `${folder}/${name}.service.ts: replace the entries by your data`,
    'npm test',
    `git commit -m "${service}: add ${name}"`,
  ];
}
