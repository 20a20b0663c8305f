-- AlterTable
ALTER TABLE "delivery" ADD COLUMN     "expires_at" TIMESTAMPTZ(3);

-- One index serves both lanes: mails without an edition stand together under NULL.
DROP INDEX "delivery_due";
CREATE INDEX "delivery_due" ON "delivery"("edition_id", "due_at", "id") WHERE (status = ANY (ARRAY['due'::text, 'deferred'::text, 'in_doubt'::text]));

-- CreateTable
CREATE TABLE "worker" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "sent" INTEGER NOT NULL DEFAULT 0,
    "per_second" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "capacity" INTEGER NOT NULL DEFAULT 0,
    "relays" JSONB NOT NULL,

    CONSTRAINT "worker_pkey" PRIMARY KEY ("id")
);
