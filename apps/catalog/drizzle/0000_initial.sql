CREATE TABLE "films" (
	"id" text PRIMARY KEY NOT NULL,
	"title" text NOT NULL,
	"genre" text,
	"creative_type" text,
	"source" text,
	"director" text,
	"distributor" text,
	"release_date" date,
	"mpaa_rating" text,
	"running_time_min" integer,
	"imdb_rating" double precision,
	"imdb_votes" integer,
	"price" integer NOT NULL,
	"search_text" text NOT NULL,
	"search" "tsvector" GENERATED ALWAYS AS (to_tsvector('simple', "films"."search_text")) STORED NOT NULL,
	CONSTRAINT "films_price_not_negative" CHECK ("films"."price" >= 0)
);
--> statement-breakpoint
CREATE TABLE "order_items" (
	"order_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"product_id" text NOT NULL,
	"quantity" integer NOT NULL,
	"unit_price" integer NOT NULL,
	CONSTRAINT "order_items_order_id_position_pk" PRIMARY KEY("order_id","position"),
	CONSTRAINT "order_items_quantity_positive" CHECK ("order_items"."quantity" > 0)
);
--> statement-breakpoint
CREATE TABLE "orders" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"idempotency_key" text NOT NULL,
	"fingerprint" text NOT NULL,
	"email" text,
	"status" text NOT NULL,
	"total" integer NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"seq" bigint,
	CONSTRAINT "orders_idempotency_key_unique" UNIQUE("idempotency_key"),
	CONSTRAINT "orders_seq_unique" UNIQUE("seq")
);
--> statement-breakpoint
CREATE TABLE "stock" (
	"product_id" text PRIMARY KEY NOT NULL,
	"quantity" integer NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "stock_not_negative" CHECK ("stock"."quantity" >= 0)
);
--> statement-breakpoint
ALTER TABLE "order_items" ADD CONSTRAINT "order_items_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_items" ADD CONSTRAINT "order_items_product_id_films_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."films"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stock" ADD CONSTRAINT "stock_product_id_films_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."films"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "films_by_popularity" ON "films" USING btree (coalesce("imdb_votes", -1) desc,"id");--> statement-breakpoint
CREATE INDEX "films_by_genre" ON "films" USING btree (lower("genre"),coalesce("imdb_votes", -1) desc,"id");--> statement-breakpoint
CREATE INDEX "films_by_word" ON "films" USING gin ("search");