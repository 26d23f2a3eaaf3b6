import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { CONFIG } from '@film-store/service';
import { type NewServiceEntry, newServiceEntry } from '../../contracts/new-service.ts';
import type { FilesConfig } from './files.config.ts';

const stored = z.record(z.string(), z.array(newServiceEntry));

/** Stores the entries in a file. Each replica has a file of its own. */
@Injectable()
export class NewServiceRepository {
  readonly #file: string;
  #lastWrite: Promise<void> = Promise.resolve();

  constructor(@Inject(CONFIG) { DATA_DIR }: FilesConfig) {
    this.#file = join(DATA_DIR, 'entries.json');
  }

  /** Returns the entries about a product, the latest first. */
  async find(productId: string): Promise<NewServiceEntry[]> {
    return (await this.#read())[productId] ?? [];
  }

  /** Adds an entry after earlier calls have written theirs. */
  add(productId: string, entry: NewServiceEntry): Promise<void> {
    const write = this.#lastWrite.then(() => this.#write(productId, entry));
    this.#lastWrite = write.catch(() => undefined);
    return write;
  }

  async #read(): Promise<z.infer<typeof stored>> {
    try {
      return stored.parse(JSON.parse(await readFile(this.#file, 'utf8')));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
      throw error;
    }
  }

  /** Replaces the file atomically: after a crash it is either the old or the new one. */
  async #write(productId: string, entry: NewServiceEntry): Promise<void> {
    const entries = await this.#read();
    const changed = { ...entries, [productId]: [entry, ...(entries[productId] ?? [])] };
    await writeFile(`${this.#file}.tmp`, JSON.stringify(changed), { flush: true });
    await rename(`${this.#file}.tmp`, this.#file);
  }
}
