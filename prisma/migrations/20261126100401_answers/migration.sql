-- The reader who answered, so that an answer that asks to leave can be acted upon.
ALTER TABLE "inbound_mail" ADD COLUMN "subscriber_id" INTEGER;
CREATE INDEX "inbound_mail_subscriber_id_idx" ON "inbound_mail"("subscriber_id");
ALTER TABLE "inbound_mail" ADD CONSTRAINT "inbound_mail_subscriber_id_fkey"
    FOREIGN KEY ("subscriber_id") REFERENCES "subscriber"("id") ON DELETE SET NULL ON UPDATE CASCADE NOT VALID;
