CREATE TABLE "entries" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "entries_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"product_id" text NOT NULL,
	"entry" json NOT NULL
);
--> statement-breakpoint
CREATE INDEX "entries_by_product" ON "entries" USING btree ("product_id","id");