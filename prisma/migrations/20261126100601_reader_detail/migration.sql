-- How much of each paper a reader's mail tells.
ALTER TABLE "subscriber" ADD COLUMN "detail" TEXT NOT NULL DEFAULT 'full';
ALTER TABLE "subscriber" ADD CONSTRAINT "subscriber_detail_known" CHECK (detail IN ('full', 'short', 'titles')) NOT VALID;
