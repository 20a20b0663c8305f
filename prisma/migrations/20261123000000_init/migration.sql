-- CreateTable
CREATE TABLE "subscriber" (
    "id" SERIAL NOT NULL,
    "email" TEXT NOT NULL,
    "email_key" TEXT NOT NULL,
    "domain" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "frequency" TEXT NOT NULL DEFAULT 'daily',
    "timezone" TEXT,
    "hour" SMALLINT,
    "paused_until" DATE,
    "source" TEXT,
    "confirmed_at" TIMESTAMPTZ(3),
    "unsubscribed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "subscriber_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "token" (
    "hash" BYTEA NOT NULL,
    "kind" TEXT NOT NULL,
    "subscriber_id" INTEGER NOT NULL,
    "payload" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "replaced_at" TIMESTAMPTZ(3),

    CONSTRAINT "token_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "consent" (
    "id" SERIAL NOT NULL,
    "subscriber_id" INTEGER NOT NULL,
    "action" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ip" TEXT,
    "user_agent" TEXT,
    "source" TEXT,
    "text" TEXT,
    "detail" JSONB,

    CONSTRAINT "consent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "suppression" (
    "id" SERIAL NOT NULL,
    "email_key" TEXT,
    "hash" BYTEA NOT NULL,
    "reason" TEXT NOT NULL,
    "detail" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "suppression_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "paper" (
    "id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "abstract" TEXT NOT NULL,
    "summary" TEXT,
    "authors" TEXT[],
    "organisation" TEXT,
    "submitter" TEXT,
    "keywords" TEXT[],
    "code_url" TEXT,
    "project_url" TEXT,
    "published_at" TIMESTAMPTZ(3),
    "votes" INTEGER NOT NULL DEFAULT 0,
    "comments" INTEGER NOT NULL DEFAULT 0,
    "stars" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "paper_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "listing" (
    "day" DATE NOT NULL,
    "paper_id" TEXT NOT NULL,
    "listed_at" TIMESTAMPTZ(3),
    "submitter" TEXT,

    CONSTRAINT "listing_pkey" PRIMARY KEY ("day","paper_id")
);

-- CreateTable
CREATE TABLE "snapshot" (
    "paper_id" TEXT NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "votes" INTEGER NOT NULL,
    "comments" INTEGER NOT NULL,
    "stars" INTEGER,

    CONSTRAINT "snapshot_pkey" PRIMARY KEY ("paper_id","seen_at")
);

-- CreateTable
CREATE TABLE "look" (
    "id" SERIAL NOT NULL,
    "source" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "outcome" TEXT NOT NULL,
    "papers" INTEGER NOT NULL DEFAULT 0,
    "fault" TEXT,

    CONSTRAINT "look_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "edition" (
    "id" SERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "number" INTEGER,
    "status" TEXT NOT NULL,
    "reason" TEXT,
    "subject" TEXT,
    "preheader" TEXT,
    "papers" JSONB,
    "compiled" JSONB,
    "weights" JSONB,
    "send_at" TIMESTAMPTZ(3),
    "frozen_at" TIMESTAMPTZ(3),
    "fanned_out_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "edition_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "edition_paper" (
    "edition_id" INTEGER NOT NULL,
    "paper_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "rank" SMALLINT NOT NULL,
    "returned" BOOLEAN NOT NULL DEFAULT false,
    "reasons" JSONB,

    CONSTRAINT "edition_paper_pkey" PRIMARY KEY ("edition_id","paper_id")
);

-- CreateTable
CREATE TABLE "delivery" (
    "id" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "edition_id" INTEGER,
    "subscriber_id" INTEGER,
    "lane" SMALLINT NOT NULL DEFAULT 0,
    "status" TEXT NOT NULL DEFAULT 'due',
    "domain" TEXT NOT NULL,
    "to_address" TEXT,
    "payload" JSONB,
    "due_at" TIMESTAMPTZ(3),
    "claim" UUID,
    "lease_until" TIMESTAMPTZ(3),
    "attempts" SMALLINT NOT NULL DEFAULT 0,
    "relay" TEXT,
    "code" SMALLINT,
    "enhanced" TEXT,
    "reply" TEXT,
    "reason" TEXT,
    "settled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "delivery_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "attempt" (
    "id" BIGSERIAL NOT NULL,
    "delivery_id" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "relay" TEXT,
    "outcome" TEXT NOT NULL,
    "code" SMALLINT,
    "enhanced" TEXT,
    "reply" TEXT,
    "duration_ms" INTEGER,

    CONSTRAINT "attempt_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "subscriber_email_key_key" ON "subscriber"("email_key");

-- CreateIndex
CREATE INDEX "subscriber_active" ON "subscriber"("id") WHERE (status = 'active');

-- CreateIndex
CREATE INDEX "subscriber_domain_idx" ON "subscriber"("domain");

-- CreateIndex
CREATE INDEX "token_expires_at_idx" ON "token"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "token_live" ON "token"("subscriber_id", "kind") WHERE (used_at IS NULL AND replaced_at IS NULL);

-- CreateIndex
CREATE INDEX "consent_subscriber_id_at_idx" ON "consent"("subscriber_id", "at");

-- CreateIndex
CREATE UNIQUE INDEX "suppression_email_key_key" ON "suppression"("email_key");

-- CreateIndex
CREATE UNIQUE INDEX "suppression_hash_key" ON "suppression"("hash");

-- CreateIndex
CREATE INDEX "paper_published_at_idx" ON "paper"("published_at");

-- CreateIndex
CREATE INDEX "listing_paper_id_idx" ON "listing"("paper_id");

-- CreateIndex
CREATE INDEX "look_day_at_idx" ON "look"("day", "at");

-- CreateIndex
CREATE INDEX "edition_open" ON "edition"("send_at") WHERE (status IN ('frozen', 'sending', 'paused'));

-- CreateIndex
CREATE UNIQUE INDEX "edition_kind_period_key" ON "edition"("kind", "period");

-- CreateIndex
CREATE UNIQUE INDEX "edition_kind_number_key" ON "edition"("kind", "number");

-- CreateIndex
CREATE INDEX "edition_paper_paper_id_idx" ON "edition_paper"("paper_id");

-- CreateIndex
CREATE UNIQUE INDEX "edition_paper_edition_id_rank_key" ON "edition_paper"("edition_id", "rank");

-- CreateIndex
CREATE UNIQUE INDEX "edition_paper_once" ON "edition_paper"("kind", "paper_id") WHERE (NOT returned);

-- CreateIndex
CREATE INDEX "delivery_due" ON "delivery"("lane", "due_at", "id") WHERE (status IN ('due', 'deferred', 'in_doubt'));

-- CreateIndex
CREATE INDEX "delivery_leased" ON "delivery"("lease_until") WHERE (status = 'claimed');

-- CreateIndex
CREATE INDEX "delivery_edition_id_status_idx" ON "delivery"("edition_id", "status");

-- CreateIndex
CREATE INDEX "delivery_subscriber_id_idx" ON "delivery"("subscriber_id");

-- CreateIndex
CREATE UNIQUE INDEX "delivery_edition_id_subscriber_id_key" ON "delivery"("edition_id", "subscriber_id");

-- CreateIndex
CREATE INDEX "attempt_delivery_id_idx" ON "attempt"("delivery_id");

-- AddForeignKey
ALTER TABLE "token" ADD CONSTRAINT "token_subscriber_id_fkey" FOREIGN KEY ("subscriber_id") REFERENCES "subscriber"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "consent" ADD CONSTRAINT "consent_subscriber_id_fkey" FOREIGN KEY ("subscriber_id") REFERENCES "subscriber"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "listing" ADD CONSTRAINT "listing_paper_id_fkey" FOREIGN KEY ("paper_id") REFERENCES "paper"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "snapshot" ADD CONSTRAINT "snapshot_paper_id_fkey" FOREIGN KEY ("paper_id") REFERENCES "paper"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "edition_paper" ADD CONSTRAINT "edition_paper_edition_id_fkey" FOREIGN KEY ("edition_id") REFERENCES "edition"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "edition_paper" ADD CONSTRAINT "edition_paper_paper_id_fkey" FOREIGN KEY ("paper_id") REFERENCES "paper"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_edition_id_fkey" FOREIGN KEY ("edition_id") REFERENCES "edition"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_subscriber_id_fkey" FOREIGN KEY ("subscriber_id") REFERENCES "subscriber"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attempt" ADD CONSTRAINT "attempt_delivery_id_fkey" FOREIGN KEY ("delivery_id") REFERENCES "delivery"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Checks that schema.prisma cannot say
ALTER TABLE "subscriber"
    ADD CONSTRAINT "subscriber_status_known" CHECK (status IN ('pending', 'active', 'unsubscribed', 'bounced', 'complained')),
    ADD CONSTRAINT "subscriber_frequency_known" CHECK (frequency IN ('daily', 'weekdays', 'weekly')),
    ADD CONSTRAINT "subscriber_hour_exists" CHECK (hour BETWEEN 0 AND 23),
    ADD CONSTRAINT "subscriber_email_clean" CHECK (email !~ '[[:space:][:cntrl:]<>,;]' AND email_key = lower(email));
ALTER TABLE "token" ADD CONSTRAINT "token_kind_known" CHECK (kind IN ('confirm', 'change'));
ALTER TABLE "suppression"
    ADD CONSTRAINT "suppression_reason_known" CHECK (reason IN ('bounced', 'complained', 'manual', 'erased')),
    ADD CONSTRAINT "suppression_erased_keeps_no_address" CHECK ((reason = 'erased') = (email_key IS NULL));
ALTER TABLE "paper" ADD CONSTRAINT "paper_counts_not_negative" CHECK (votes >= 0 AND comments >= 0 AND stars >= 0);
ALTER TABLE "snapshot" ADD CONSTRAINT "snapshot_counts_not_negative" CHECK (votes >= 0 AND comments >= 0 AND stars >= 0);
ALTER TABLE "look" ADD CONSTRAINT "look_outcome_known" CHECK (outcome IN ('ok', 'empty', 'failed'));
ALTER TABLE "edition"
    ADD CONSTRAINT "edition_kind_known" CHECK (kind IN ('daily', 'weekly')),
    ADD CONSTRAINT "edition_status_known" CHECK (status IN ('empty', 'thin', 'failed', 'draft', 'held', 'frozen', 'sending', 'paused', 'sent', 'cancelled')),
    ADD CONSTRAINT "edition_without_papers_says_why" CHECK (status NOT IN ('empty', 'thin', 'failed') OR reason IS NOT NULL),
    ADD CONSTRAINT "edition_frozen_is_whole" CHECK (
        status NOT IN ('frozen', 'sending', 'paused', 'sent')
        OR (frozen_at IS NOT NULL AND compiled IS NOT NULL AND papers IS NOT NULL AND subject IS NOT NULL AND number IS NOT NULL)
    );
ALTER TABLE "delivery"
    ADD CONSTRAINT "delivery_kind_known" CHECK (kind IN ('edition', 'confirmation', 'welcome', 'notice')),
    ADD CONSTRAINT "delivery_of_an_edition" CHECK ((kind = 'edition') = (edition_id IS NOT NULL)),
    ADD CONSTRAINT "delivery_status_known" CHECK (status IN ('due', 'claimed', 'deferred', 'in_doubt', 'accepted', 'rejected', 'expired', 'left_out', 'cancelled')),
    ADD CONSTRAINT "delivery_claimed_is_leased" CHECK ((status = 'claimed') = (claim IS NOT NULL AND lease_until IS NOT NULL)),
    ADD CONSTRAINT "delivery_final_is_settled" CHECK (
        (status IN ('accepted', 'rejected', 'expired', 'left_out', 'cancelled')) = (settled_at IS NOT NULL)
    );
ALTER TABLE "attempt"
    ADD CONSTRAINT "attempt_outcome_known" CHECK (outcome IN ('accepted', 'deferred', 'rejected', 'in_doubt'));

-- A frozen edition's bytes never change.
CREATE FUNCTION "edition_stays_frozen"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.frozen_at IS NOT NULL AND (
        NEW.frozen_at IS DISTINCT FROM OLD.frozen_at OR NEW.compiled IS DISTINCT FROM OLD.compiled
        OR NEW.papers IS DISTINCT FROM OLD.papers OR NEW.subject IS DISTINCT FROM OLD.subject
        OR NEW.number IS DISTINCT FROM OLD.number OR NEW.kind IS DISTINCT FROM OLD.kind OR NEW.period IS DISTINCT FROM OLD.period
    ) THEN
        RAISE EXCEPTION 'edition % is frozen', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER "edition_stays_frozen" BEFORE UPDATE ON "edition" FOR EACH ROW EXECUTE FUNCTION "edition_stays_frozen"();
