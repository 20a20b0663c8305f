-- Personal editions: what they are chosen from, compiled once, and each reader's choice beside their place.
ALTER TABLE "batch" ADD COLUMN "orders" BYTEA;

-- CreateTable
CREATE TABLE "edition_pool" (
    "edition_id" INTEGER NOT NULL,
    "size" SMALLINT NOT NULL,
    "papers" JSONB NOT NULL,
    "compiled" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "chosen_at" TIMESTAMPTZ(3),

    CONSTRAINT "edition_pool_pkey" PRIMARY KEY ("edition_id")
);

-- CreateTable
CREATE TABLE "personal_order" (
    "edition_id" INTEGER NOT NULL,
    "last_reader" INTEGER NOT NULL,
    "readers" INTEGER[],
    "orders" BYTEA NOT NULL,

    CONSTRAINT "personal_order_pkey" PRIMARY KEY ("edition_id","last_reader")
);

-- AddForeignKey
ALTER TABLE "edition_pool" ADD CONSTRAINT "edition_pool_edition_id_fkey" FOREIGN KEY ("edition_id") REFERENCES "edition"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "personal_order" ADD CONSTRAINT "personal_order_edition_id_fkey" FOREIGN KEY ("edition_id") REFERENCES "edition"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Checks that schema.prisma cannot say
ALTER TABLE "edition_pool" ADD CONSTRAINT "edition_pool_size" CHECK (size BETWEEN 1 AND 100);
