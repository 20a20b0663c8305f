-- Editions go out from batches: some hundred readers' places in one row, with two bits of state for each.

-- AlterTable
ALTER TABLE "edition" ADD COLUMN     "batches" INTEGER,
ADD COLUMN     "totals" JSONB;

-- CreateTable
CREATE TABLE "batch" (
    "id" BIGSERIAL NOT NULL,
    "edition_id" INTEGER NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'due',
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "reason" TEXT,
    "first_reader" INTEGER NOT NULL,
    "last_reader" INTEGER NOT NULL,
    "readers" INTEGER[],
    "claim" UUID,
    "lease_until" TIMESTAMPTZ(3),
    "begun" SMALLINT,
    "settles" SMALLINT NOT NULL DEFAULT 0,
    "accepted" VARBIT NOT NULL,
    "apart" VARBIT NOT NULL,

    CONSTRAINT "batch_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "batch_settle" (
    "batch_id" BIGINT NOT NULL,
    "n" SMALLINT NOT NULL,
    "at" TIMESTAMPTZ(0) NOT NULL,
    "code" SMALLINT NOT NULL,
    "relay" TEXT NOT NULL,
    "places" SMALLINT[],
    "reply" TEXT NOT NULL,
    "ends" TEXT NOT NULL,

    CONSTRAINT "batch_settle_pkey" PRIMARY KEY ("batch_id","n","at")
);

-- CreateTable
CREATE TABLE "edition_domain" (
    "edition_id" INTEGER NOT NULL,
    "domain" TEXT NOT NULL,
    "owed" INTEGER NOT NULL,
    "accepted" INTEGER NOT NULL DEFAULT 0,
    "expired" INTEGER NOT NULL DEFAULT 0,
    "cancelled" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "edition_domain_pkey" PRIMARY KEY ("edition_id","domain")
);

-- CreateTable
CREATE TABLE "relay_hour" (
    "hour" TIMESTAMPTZ(0) NOT NULL,
    "relay" TEXT NOT NULL,
    "accepted" INTEGER NOT NULL,

    CONSTRAINT "relay_hour_pkey" PRIMARY KEY ("hour","relay")
);

-- CreateIndex
CREATE INDEX "batch_due" ON "batch"("edition_id", "due_at", "id") WHERE (status = 'due'::text);

-- CreateIndex
CREATE INDEX "batch_claimed" ON "batch"("edition_id") WHERE (status = 'claimed'::text);

-- CreateIndex
CREATE INDEX "batch_edition_id_id_idx" ON "batch"("edition_id", "id");

-- CreateIndex
CREATE INDEX "delivery_created_at_idx" ON "delivery"("created_at");

-- CreateIndex
CREATE INDEX "attempt_at_idx" ON "attempt"("at");

-- AddForeignKey
ALTER TABLE "batch" ADD CONSTRAINT "batch_edition_id_fkey" FOREIGN KEY ("edition_id") REFERENCES "edition"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "edition_domain" ADD CONSTRAINT "edition_domain_edition_id_fkey" FOREIGN KEY ("edition_id") REFERENCES "edition"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A place's id is its batch's and its position. They begin beyond whatever `delivery` gives, since a place that
-- fares otherwise than well becomes a row there, with the same id.
ALTER SEQUENCE "batch_id_seq" INCREMENT BY 1024 RESTART WITH 1099511627776;

-- Settling writes a row anew, beside the old one: no index is touched and no page grows.
ALTER TABLE "batch" SET (fillfactor = 60),
    ALTER COLUMN "readers" SET STORAGE EXTERNAL,
    ALTER COLUMN "readers" SET STATISTICS 0,
    ALTER COLUMN "accepted" SET STATISTICS 0,
    ALTER COLUMN "apart" SET STATISTICS 0;

-- Which batch holds a reader is found by range.
CREATE INDEX "batch_readers" ON "batch" USING GIST (int4range("first_reader", "last_reader", '[]'));

-- Checks that schema.prisma cannot say
ALTER TABLE "batch"
    ADD CONSTRAINT "batch_status_known" CHECK (status IN ('due', 'claimed', 'done', 'expired', 'cancelled')),
    ADD CONSTRAINT "batch_claimed_is_leased" CHECK ((status = 'claimed') = (claim IS NOT NULL AND lease_until IS NOT NULL)),
    ADD CONSTRAINT "batch_ended" CHECK ((status IN ('done', 'expired', 'cancelled')) = (ended_at IS NOT NULL)),
    ADD CONSTRAINT "batch_has_a_state_for_each" CHECK (length(accepted) = length(apart) AND length(accepted) BETWEEN 1 AND 1024),
    ADD CONSTRAINT "batch_one_state_for_each" CHECK (bit_count(accepted & apart) = 0);

-- `mailing` is `sending` by batches: workers of the release before don't know it, and leave such an edition alone.
ALTER TABLE "edition" DROP CONSTRAINT "edition_status_known", DROP CONSTRAINT "edition_frozen_is_whole";
ALTER TABLE "edition"
    ADD CONSTRAINT "edition_status_known" CHECK (status IN ('empty', 'thin', 'failed', 'draft', 'held', 'frozen', 'sending', 'mailing', 'paused', 'sent', 'cancelled')) NOT VALID,
    ADD CONSTRAINT "edition_frozen_is_whole" CHECK (
        status NOT IN ('frozen', 'sending', 'mailing', 'paused', 'sent')
        OR (frozen_at IS NOT NULL AND compiled IS NOT NULL AND papers IS NOT NULL AND subject IS NOT NULL AND number IS NOT NULL)
    ) NOT VALID;
ALTER TABLE "edition" VALIDATE CONSTRAINT "edition_status_known";
ALTER TABLE "edition" VALIDATE CONSTRAINT "edition_frozen_is_whole";

-- So that neither verb nor release has to tell the two apart: who sets an edition in batches going sets it `mailing`,
-- and none of them is `sent` before its batches are.
CREATE FUNCTION "edition_in_batches"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'sending' OR (NEW.status = 'sent' AND EXISTS (
        SELECT FROM "batch" WHERE edition_id = NEW.id AND status IN ('due', 'claimed')
    )) THEN
        NEW.status := 'mailing';
        NEW.finished_at := NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER "edition_in_batches" BEFORE UPDATE OF "status", "batches" ON "edition"
    FOR EACH ROW WHEN (NEW.batches IS NOT NULL AND NEW.status IN ('sending', 'sent')) EXECUTE FUNCTION "edition_in_batches"();

-- One row for each mail that was owed: those with a row of their own, and the places of batches.
CREATE VIEW "mail_owed" AS
    SELECT d.id, d.kind, d.edition_id, d.subscriber_id, d.to_address, d.payload, d.status, d.domain, d.due_at, d.expires_at,
        d.attempts::int AS attempts, d.relay, d.code, d.enhanced, d.reply, d.reason, d.settled_at, d.created_at,
        NULL::bigint AS batch_id
    FROM "delivery" d
    UNION ALL
    SELECT b.id + p.n - 1, 'edition', b.edition_id, s.id, NULL, NULL,
        CASE WHEN get_bit(b.accepted, p.n::int - 1) = 1 THEN 'accepted' ELSE b.status END,
        coalesce(s.domain, ''),
        CASE WHEN get_bit(b.accepted, p.n::int - 1) = 0 AND b.ended_at IS NULL THEN b.due_at END, b.expires_at,
        get_bit(b.accepted, p.n::int - 1),
        (SELECT x.relay FROM "batch_settle" x WHERE x.batch_id = b.id AND (p.n - 1)::smallint = ANY (x.places) LIMIT 1),
        (SELECT x.code FROM "batch_settle" x WHERE x.batch_id = b.id AND (p.n - 1)::smallint = ANY (x.places) LIMIT 1),
        NULL,
        (SELECT x.reply || split_part(x.ends, E'\n', array_position(x.places, (p.n - 1)::smallint))
         FROM "batch_settle" x WHERE x.batch_id = b.id AND (p.n - 1)::smallint = ANY (x.places) LIMIT 1),
        CASE WHEN get_bit(b.accepted, p.n::int - 1) = 0 THEN b.reason END,
        CASE WHEN get_bit(b.accepted, p.n::int - 1) = 1 THEN coalesce((SELECT x.at FROM "batch_settle" x
               WHERE x.batch_id = b.id AND (p.n - 1)::smallint = ANY (x.places) LIMIT 1), b.ended_at)
             ELSE b.ended_at END,
        b.created_at, b.id
    FROM "batch" b CROSS JOIN LATERAL unnest(b.readers) WITH ORDINALITY AS p(reader, n)
    LEFT JOIN "subscriber" s ON s.id = p.reader
    WHERE get_bit(b.apart, p.n::int - 1) = 0;

-- All mails that a reader was owed; their batches are found by range.
CREATE FUNCTION "mails_of"(reader integer) RETURNS SETOF "mail_owed" LANGUAGE sql STABLE AS $$
    SELECT * FROM "mail_owed" WHERE batch_id IS NULL AND subscriber_id = reader
    UNION ALL
    SELECT m.* FROM "batch" b CROSS JOIN LATERAL (
        SELECT * FROM "mail_owed" o WHERE o.batch_id = b.id AND o.id = b.id + array_position(b.readers, reader) - 1
    ) m
    WHERE int4range(b.first_reader, b.last_reader, '[]') @> reader
$$;

-- How many mails were owed for an edition.
CREATE FUNCTION "edition_owed"(edition integer) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        (SELECT sum(owed)::int FROM "edition_domain" WHERE edition_id = edition),
        (SELECT sum(mails::int)::int FROM "edition" e, jsonb_each_text(e.totals -> 'byStatus') t(status, mails) WHERE e.id = edition),
        (SELECT count(*)::int FROM "delivery" WHERE edition_id = edition))
$$;
