-- Takes orders from the stock one after another and sets the outcome of each key. Returns the outcomes in the same order.
-- Stores an order with all its lines, or only its outcome if the stock is too low. Locks the stock in the order of product
-- ids, so that two batches of the same products cannot deadlock. Plans are kept for the session: without scans of whole
-- tables, a plan made for a small table stays good.
CREATE FUNCTION "store_orders"("batch" json) RETURNS json LANGUAGE plpgsql
SET "enable_seqscan" = off SET "plan_cache_mode" = force_generic_plan
AS $$
DECLARE
	ids text[];
	before integer[];
	quantities integer[];
	entry record;
	line record;
	shortages json;
	outcomes json[] := '{}';
BEGIN
	SELECT array_agg(product_id), array_agg(quantity) INTO ids, before
	FROM (
		SELECT product_id, quantity FROM stock
		WHERE product_id = ANY (ARRAY(
			SELECT product ->> 'productId'
			FROM json_array_elements(batch) AS element, json_array_elements(element -> 'lines') AS product
		))
		ORDER BY product_id COLLATE "C" FOR NO KEY UPDATE
	) AS locked;
	quantities := before;

	FOR entry IN
		SELECT * FROM json_to_recordset(batch) AS entry (
			key text, principal text, email text, id uuid, status text, total integer, created_at timestamptz,
			placed json, lines json
		)
	LOOP
		SELECT json_agg(product -> 'shortage') INTO shortages
		FROM json_array_elements(entry.lines) AS product
		WHERE coalesce(quantities[array_position(ids, product ->> 'productId')], 0) < (product ->> 'quantity')::integer;

		IF shortages IS NULL THEN
			FOR line IN SELECT * FROM json_to_recordset(entry.lines) AS line ("productId" text, quantity integer) LOOP
				quantities[array_position(ids, line."productId")] :=
					quantities[array_position(ids, line."productId")] - line.quantity;
			END LOOP;
			INSERT INTO orders (id, principal, email, status, total, created_at)
			VALUES (entry.id, entry.principal, entry.email, entry.status, entry.total, entry.created_at);
			INSERT INTO order_items (order_id, position, product_id, quantity, unit_price)
			SELECT entry.id, item.position, item."productId", item.quantity, item."unitPrice"
			FROM json_to_recordset(entry.lines)
				AS item (position integer, "productId" text, quantity integer, "unitPrice" integer);
			outcomes := outcomes || entry.placed;
		ELSE
			outcomes := outcomes || json_build_object('kind', 'out-of-stock', 'errors', shortages);
		END IF;
		UPDATE order_keys SET outcome = outcomes[cardinality(outcomes)] WHERE key = entry.key;
	END LOOP;

	FOR n IN 1 .. coalesce(cardinality(ids), 0) LOOP
		IF quantities[n] < before[n] THEN
			UPDATE stock SET quantity = quantities[n], updated_at = now() WHERE product_id = ids[n];
		END IF;
	END LOOP;
	RETURN array_to_json(outcomes);
END
$$;
