/** The final response to an order. */
export interface OrderResponse {
  readonly status: number;
  readonly body: string;
}

export interface Item {
  readonly productId: string;
  readonly quantity: number;
}

/** One order of a client, under one key, with all its final responses. */
export interface Receipt {
  readonly key: string;
  readonly items: readonly Item[];
  readonly responses: readonly OrderResponse[];
}

export interface OrderRow {
  readonly id: string;
  /** The key of the order. Clients put it in the email address, which is stored. */
  readonly key: string;
  readonly seq: number;
  readonly items: readonly Item[];
}

/** Content of the database. */
export interface Ledger {
  readonly orders: readonly OrderRow[];
  /** Stock by product. */
  readonly stock: ReadonlyMap<string, number>;
}

export interface FeedEntry {
  readonly seq: number;
  readonly orderId: string;
  readonly items: readonly Item[];
}

export interface Books {
  readonly receipts: readonly Receipt[];
  /** Stock before the first order. */
  readonly stockBefore: ReadonlyMap<string, number>;
  readonly ledger: Ledger;
  readonly feed: readonly FeedEntry[];
}

/** All discrepancies, in words. All lists are empty if each order was placed exactly once. */
export interface Discrepancies {
  /** Orders that a client received and that do not exist. */
  readonly lost: readonly string[];
  /** Orders that no client received: a second one under a key, or one under a rejected key. */
  readonly duplicated: readonly string[];
  /** Products whose stock is not the initial stock less the units sold. */
  readonly stock: readonly string[];
  /** Orders that the feed does not hold exactly once, and empty positions of the feed. */
  readonly feed: readonly string[];
  /** Clients with conflicting or untrue responses. */
  readonly responses: readonly string[];
  /** Clients without a final response. */
  readonly withoutResponse: readonly string[];
}

/** Compares the responses of the clients with the database. */
export function reconcile({ receipts, stockBefore, ledger, feed }: Books): Discrepancies {
  const reported = receipts.flatMap(({ key, responses }) => {
    const id = parseOrderId(responses.at(-1));
    return id === undefined ? [] : [{ key, id }];
  });
  const reportedTo = new Map(reported.map(({ key, id }) => [id, key]));
  const withoutResponse = receipts.filter(({ responses }) => responses.length === 0).map(({ key }) => key);
  const ordersWithoutResponse = ledger.orders.filter(({ key }) => withoutResponse.includes(key));
  // One order of a client without a response is not a duplicate.
  const unheard = new Set(new Map(ordersWithoutResponse.map(({ key, id }) => [key, id])).values());
  const rows = new Map(ledger.orders.map((order) => [order.id, order]));
  return {
    lost: reported
      .filter(({ id }) => !rows.has(id))
      .map(({ key, id }) => `${key} received ${id}, which does not exist`),
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
    ...feed.flatMap(({ seq }, index) => (seq === index + 1 ? [] : [`position ${index + 1} holds ${seq}`])),
    ...feed.flatMap(({ seq, orderId, items }) => {
      const row = rows.get(orderId);
      return row?.seq === seq && sameItems(row.items, items)
        ? []
        : [`entry ${seq} of the feed does not match ${orderId}`];
    }),
    ...(reported.size < feed.length ? [`the feed repeats ${feed.length - reported.size} orders`] : []),
    ...[...rows.keys()].filter((id) => !reported.has(id)).map((id) => `${id} is not in the feed`),
  ];
}

/** Checks the responses of a receipt: each is final, all are equal, and the last one matches the order. */
function responseFaults({ key, items, responses }: Receipt, rows: ReadonlyMap<string, OrderRow>): string[] {
  const unreliable = responses.filter(
    ({ status, body }) => !isPlaced(status) && !isOutOfStock({ status, body }),
  );
  const different = new Set(responses.map(asReplayed));
  const row = rows.get(parseOrderId(responses.at(-1)) ?? '');
  return [
    ...unreliable.map(({ status, body }) => `${key} received ${status} ${body}`),
    ...(different.size > 1 ? [`${key} received different responses: ${[...different].join(' and ')}`] : []),
    ...(row && !sameItems(row.items, items) ? [`the order of ${key} has other items than requested`] : []),
    ...(row && !sameItems(parseItems(responses.at(-1)), items) ? [`${key} received other items`] : []),
  ];
}

const isPlaced = (status: number): boolean => status === 201;

export const isOutOfStock = ({ status, body }: OrderResponse): boolean =>
  status === 409 && parsed(body).code === 'out-of-stock';

/** Compares to the byte. A rejection that was repeated because its record was lost has a new request id. */
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
