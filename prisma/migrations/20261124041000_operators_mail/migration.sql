-- AlterTable
ALTER TABLE "alert_send" ADD COLUMN     "delivery_id" BIGINT;

-- CreateTable
CREATE TABLE "webhook" (
    "url" TEXT NOT NULL,
    "secret" BYTEA NOT NULL,
    "previous" BYTEA,
    "previous_until" TIMESTAMPTZ(3),
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "webhook_pkey" PRIMARY KEY ("url")
);

-- CreateIndex
CREATE INDEX "alert_send_delivery_id_idx" ON "alert_send"("delivery_id");

-- CreateIndex
CREATE INDEX "attempt_at_idx" ON "attempt"("at");

-- AddForeignKey
ALTER TABLE "alert_send" ADD CONSTRAINT "alert_send_delivery_id_fkey" FOREIGN KEY ("delivery_id") REFERENCES "delivery"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- Mail to operators is owed by the ledger like all other mail.
ALTER TABLE "delivery"
    DROP CONSTRAINT "delivery_kind_known",
    ADD CONSTRAINT "delivery_kind_known" CHECK (kind IN ('edition', 'confirmation', 'welcome', 'notice', 'alert', 'test')),
    ADD CONSTRAINT "delivery_to_an_operator" CHECK (kind NOT IN ('alert', 'test') OR (subscriber_id IS NULL AND to_address IS NOT NULL));
ALTER TABLE "alert_send"
    DROP CONSTRAINT "alert_send_status_known",
    ADD CONSTRAINT "alert_send_status_known" CHECK (status IN ('due', 'taken', 'given_up', 'mailed'));
UPDATE "alert_send" SET status = 'given_up', due_at = NULL, settled_at = now(), fault = 'owed before mail to operators was in the ledger'
    WHERE status = 'due' AND url LIKE 'mailto:%';
