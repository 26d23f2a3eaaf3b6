CREATE TABLE "order_keys" (
	"key" text PRIMARY KEY NOT NULL,
	"fingerprint" text NOT NULL,
	"outcome" json,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
INSERT INTO "order_keys" ("key", "fingerprint", "outcome", "created_at")
SELECT "idempotency_key", "fingerprint", json_build_object(
	'kind', 'placed',
	'order', json_build_object(
		'id', "id",
		'status', "status",
		'items', (
			SELECT json_agg(json_build_object(
				'productId', "product_id",
				'quantity', "quantity",
				'unitPrice', json_build_object('amount', "unit_price", 'currency', 'EUR')
			) ORDER BY "position")
			FROM "order_items" WHERE "order_id" = "orders"."id"
		),
		'total', json_build_object('amount', "total", 'currency', 'EUR'),
		'createdAt', to_char("created_at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
	)
), "created_at" FROM "orders";
--> statement-breakpoint
ALTER TABLE "orders" DROP CONSTRAINT "orders_idempotency_key_unique";--> statement-breakpoint
CREATE INDEX "order_keys_by_age" ON "order_keys" USING btree ("created_at");--> statement-breakpoint
ALTER TABLE "orders" DROP COLUMN "idempotency_key";--> statement-breakpoint
ALTER TABLE "orders" DROP COLUMN "fingerprint";