/**
 * A list of the films that were bought together with one film, with the number of common orders. For each film it has the
 * distance to the film before it, in the order of the numbers, and its orders. Both take a byte for each 7 bits, so that a film
 * takes 2 to 9 bytes.
 */
export type CoPurchaseList = Uint8Array;

/** Number of common orders by the number of the other film. */
export type CoPurchaseCounts = ReadonlyMap<number, number>;

/** Most films in a list. Above it, only the more frequent half is kept, which bounds the file. */
const MAX_FILMS = 256;
const MAX_BYTES_PER_FILM = 9;

export const EMPTY_LIST: CoPurchaseList = new Uint8Array();

/** @param counts in the order of the numbers */
export function encodeList(counts: CoPurchaseCounts): CoPurchaseList {
  const writer = new ListWriter(MAX_BYTES_PER_FILM * counts.size);
  for (const [film, orders] of counts) writer.push(film, orders);
  return writer.toList();
}

/** Decodes the result of `encodeList`. */
export function decodeList(list: CoPurchaseList): CoPurchaseCounts {
  const counts = new Map<number, number>();
  for (const reader = new ListReader(list); reader.film < END; reader.next()) {
    counts.set(reader.film, reader.orders);
  }
  return counts;
}

/**
 * Counts a common order for each of the `added` films, which are in the order of their numbers and may repeat. Keeps the most
 * frequent films, and of equal ones the lower numbers, if there are too many.
 */
export function addToList(list: CoPurchaseList, added: readonly number[]): CoPurchaseList {
  const reader = new ListReader(list);
  const writer = new ListWriter(list.length + MAX_BYTES_PER_FILM * added.length);
  let next = 0;
  while (reader.film < END || next < added.length) {
    const film = Math.min(reader.film, added[next] ?? END);
    let orders = 0;
    if (reader.film === film) {
      orders = reader.orders;
      reader.next();
    }
    for (; added[next] === film; next++) orders += 1;
    writer.push(film, orders);
  }
  return writer.films > MAX_FILMS ? keepMostFrequent(writer.toList()) : writer.toList();
}

function keepMostFrequent(list: CoPurchaseList): CoPurchaseList {
  const kept = [...decodeList(list)]
    .toSorted(([a, orders], [b, others]) => others - orders || a - b)
    .slice(0, MAX_FILMS / 2);
  return encodeList(new Map(kept.toSorted(([a], [b]) => a - b)));
}

/** The film after the last one. */
const END = Number.POSITIVE_INFINITY;

class ListReader {
  film = 0;
  orders = 0;
  readonly #list: CoPurchaseList;
  #position = 0;

  constructor(list: CoPurchaseList) {
    this.#list = list;
    this.next();
  }

  next(): void {
    if (this.#position === this.#list.length) {
      this.film = END;
      return;
    }
    this.film += this.#readNumber();
    this.orders = this.#readNumber();
  }

  #readNumber(): number {
    let byte = this.#list[this.#position++]!;
    let value = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = this.#list[this.#position++]!;
      value |= (byte & 127) << shift;
    }
    return value;
  }
}

class ListWriter {
  films = 0;
  readonly #bytes: Uint8Array;
  #length = 0;
  #last = 0;

  constructor(maxLength: number) {
    this.#bytes = new Uint8Array(maxLength);
  }

  push(film: number, orders: number): void {
    this.films += 1;
    this.#pushNumber(film - this.#last);
    this.#pushNumber(orders);
    this.#last = film;
  }

  toList(): CoPurchaseList {
    return this.#bytes.subarray(0, this.#length);
  }

  #pushNumber(value: number): void {
    let rest = value;
    for (; rest > 127; rest >>>= 7) this.#bytes[this.#length++] = (rest & 127) | 128;
    this.#bytes[this.#length++] = rest;
  }
}
