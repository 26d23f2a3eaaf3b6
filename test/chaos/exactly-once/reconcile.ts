/** What a client is told, in the end. */
export interface OrderResponse {
  readonly status: number;
  readonly body: string;
}

export interface Item {
  readonly productId: string;
  readonly quantity: number;
}

/** One order a client wants, under one key, and all the final answers it got to it. */
export interface Receipt {
  readonly key: string;
  readonly items: readonly Item[];
  readonly responses: readonly OrderResponse[];
}

export interface OrderRow {
  readonly id: string;
  /** The key it was asked for under: clients give it in the address of the order, which is stored. */
  readonly key: string;
  readonly seq: number;
  readonly items: readonly Item[];
}

/** What the database holds. */
export interface Ledger {
  readonly orders: readonly OrderRow[];
  /** By product. */
  readonly stock: ReadonlyMap<string, number>;
}

export interface FeedEntry {
  readonly seq: number;
  readonly orderId: string;
  readonly items: readonly Item[];
}

export interface Books {
  readonly receipts: readonly Receipt[];
  /** Before the first order. */
  readonly stockBefore: ReadonlyMap<string, number>;
  readonly ledger: Ledger;
  readonly feed: readonly FeedEntry[];
}

/** Everything that does not add up, in words; all lists are empty when each order was placed exactly once. */
export interface Discrepancies {
  /** A client was told of an order that there is not. */
  readonly lost: readonly string[];
  /** An order that no client was told of: a second one under a key, or one under a key that was refused. */
  readonly duplicated: readonly string[];
  /** A product of which there is not what was there before, less what was sold. */
  readonly stock: readonly string[];
  /** An order the feed does not tell exactly once, or a place in it that is empty. */
  readonly feed: readonly string[];
  /** A client that was told two things, or something that is not so. */
  readonly responses: readonly string[];
  /** A client that was told nothing final. */
  readonly withoutResponse: readonly string[];
}

/** Compares what clients were told with what was done. */
export function reconcile({ receipts, stockBefore, ledger, feed }: Books): Discrepancies {
  const reported = receipts.flatMap(({ key, responses }) => {
    const id = parseOrderId(responses.at(-1));
    return id === undefined ? [] : [{ key, id }];
  });
  const reportedTo = new Map(reported.map(({ key, id }) => [id, key]));
  const withoutResponse = receipts.filter(({ responses }) => responses.length === 0).map(({ key }) => key);
  const ordersWithoutResponse = ledger.orders.filter(({ key }) => withoutResponse.includes(key));
  // The one order of a client that never heard of it is no second one.
  const unheard = new Set(new Map(ordersWithoutResponse.map(({ key, id }) => [key, id])).values());
  const rows = new Map(ledger.orders.map((order) => [order.id, order]));
  return {
    lost: reported.filter(({ id }) => !rows.has(id)).map(({ key, id }) => `${key} was told of ${id}`),
    duplicated: ledger.orders
      .filter(({ id, key }) => reportedTo.get(id) !== key && !unheard.has(id))
      .map(({ id, key }) => `${id} was placed under ${key}`),
    stock: stockFaults(stockBefore, ledger),
    feed: feedFaults(feed, rows),
    responses: receipts.flatMap((receipt) => responseFaults(receipt, rows)),
    withoutResponse,
  };
}

function stockFaults(before: ReadonlyMap<string, number>, { orders, stock }: Ledger): string[] {
  const sold = new Map<string, number>();
  for (const { productId, quantity } of orders.flatMap(({ items }) => items)) {
    sold.set(productId, (sold.get(productId) ?? 0) + quantity);
  }
  return [...new Set([...before.keys(), ...stock.keys()])].flatMap((productId) => {
    const [had = 0, went = 0, left = 0] = [before, sold, stock].map((of) => of.get(productId));
    return had - went === left ? [] : [`${productId}: ${had} − ${went} ≠ ${left}`];
  });
}

function feedFaults(feed: readonly FeedEntry[], rows: ReadonlyMap<string, OrderRow>): string[] {
  const reported = new Set(feed.map(({ orderId }) => orderId));
  return [
    ...feed.flatMap(({ seq }, index) => (seq === index + 1 ? [] : [`place ${index + 1} holds ${seq}`])),
    ...feed.flatMap(({ seq, orderId, items }) => {
      const row = rows.get(orderId);
      return row?.seq === seq && sameItems(row.items, items) ? [] : [`${seq} tells otherwise of ${orderId}`];
    }),
    ...(reported.size < feed.length ? [`${feed.length - reported.size} orders are told twice`] : []),
    ...[...rows.keys()].filter((id) => !reported.has(id)).map((id) => `${id} is not told`),
  ];
}

/** Of a receipt that has answers: each of them is one a client can rely on, all are the same, and the last is true. */
function responseFaults({ key, items, responses }: Receipt, rows: ReadonlyMap<string, OrderRow>): string[] {
  const unreliable = responses.filter(
    ({ status, body }) => !isPlaced(status) && !isOutOfStock({ status, body }),
  );
  const different = new Set(responses.map(asReplayed));
  const row = rows.get(parseOrderId(responses.at(-1)) ?? '');
  return [
    ...unreliable.map(({ status, body }) => `${key} was answered ${status} ${body}`),
    ...(different.size > 1 ? [`${key} was told different things: ${[...different].join(' and ')}`] : []),
    ...(row && !sameItems(row.items, items) ? [`${key} got other items than it asked for`] : []),
    ...(row && !sameItems(parseItems(responses.at(-1)), items) ? [`${key} was told of other items`] : []),
  ];
}

const isPlaced = (status: number): boolean => status === 201;

export const isOutOfStock = ({ status, body }: OrderResponse): boolean =>
  status === 409 && parsed(body).code === 'out-of-stock';

/** To the byte; but a refusal that had to be made anew, since its record was lost, is a new exchange with a new id. */
const asReplayed = ({ status, body }: OrderResponse): string =>
  `${status} ${isPlaced(status) ? body : body.replace(/"requestId":"[^"]*"/, '')}`;

const parseOrderId = (response: OrderResponse | undefined): string | undefined =>
  response && isPlaced(response.status) ? parsed(response.body).id : undefined;

const parseItems = (response: OrderResponse | undefined): readonly Item[] =>
  parsed(response?.body ?? '').items ?? [];

const sameItems = (some: readonly Item[], others: readonly Item[]): boolean =>
  some.length === others.length &&
  some.every(
    ({ productId, quantity }, index) =>
      productId === others[index]?.productId && quantity === others[index].quantity,
  );

function parsed(body: string): { readonly id?: string; readonly code?: string; readonly items?: Item[] } {
  try {
    return JSON.parse(body) as ReturnType<typeof parsed>;
  } catch {
    return {};
  }
}
