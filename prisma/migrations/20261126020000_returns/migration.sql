-- What came in: mails that came back and calls of providers, written down before they are acknowledged.
CREATE TABLE "inbound_mail" (
    "id" BIGSERIAL NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "via" TEXT NOT NULL,
    "event_id" TEXT,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "raw" BYTEA,
    "size" INTEGER NOT NULL,
    "sent_to" TEXT[],
    "null_sender" BOOLEAN NOT NULL DEFAULT false,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "kind" TEXT,
    "wants_to_leave" BOOLEAN NOT NULL DEFAULT false,
    "judged_at" TIMESTAMPTZ(3),

    CONSTRAINT "inbound_mail_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "inbound_mail_via_known" CHECK (via IN ('lmtp', 'smtp', 'imap', 'ses', 'sendgrid', 'mailgun', 'postmark', 'resend', 'brevo')),
    CONSTRAINT "inbound_mail_state_known" CHECK (state IN ('waiting', 'judged', 'unplaced', 'ignored')),
    CONSTRAINT "inbound_mail_kind_known" CHECK (kind IN ('bounce', 'complaint', 'left', 'auto-reply', 'delayed', 'delivered', 'reply', 'unknown', 'call')),
    CONSTRAINT "inbound_mail_raw_bounded" CHECK (octet_length(raw) <= 1048576),
    CONSTRAINT "inbound_mail_waits_or_was_judged" CHECK ((state = 'waiting') = (judged_at IS NULL))
);
CREATE UNIQUE INDEX "inbound_mail_fingerprint_key" ON "inbound_mail"("fingerprint");
CREATE INDEX "inbound_mail_received_at_idx" ON "inbound_mail"("received_at");
CREATE INDEX "inbound_mail_waiting" ON "inbound_mail"("id") WHERE (state = 'waiting'::text);
CREATE INDEX "inbound_mail_unplaced" ON "inbound_mail"("id") WHERE (state = 'unplaced'::text);

-- What a report was judged to mean for one reader, with its evidence and what it brought about.
CREATE TABLE "verdict" (
    "id" BIGSERIAL NOT NULL,
    "mail_id" BIGINT,
    "event_id" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "kind" TEXT NOT NULL,
    "class" TEXT,
    "status" TEXT,
    "code" SMALLINT,
    "words" TEXT,
    "domain" TEXT NOT NULL,
    "subscriber_id" INTEGER,
    "edition_id" INTEGER,
    "delivery_id" BIGINT,
    "effect" TEXT NOT NULL,
    "status_before" TEXT,
    "suppressed" BOOLEAN NOT NULL DEFAULT false,
    "probe_id" BIGINT,
    "counted_on" DATE,
    "undone_at" TIMESTAMPTZ(3),
    "undone_by" TEXT,

    CONSTRAINT "verdict_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "verdict_kind_known" CHECK (kind IN ('bounce', 'complaint', 'left')),
    CONSTRAINT "verdict_class_known" CHECK (class IN ('hard', 'soft', 'ours', 'policy')),
    CONSTRAINT "verdict_effect_known" CHECK (effect IN ('none', 'counted', 'probed', 'bounced', 'complained', 'left', 'told')),
    CONSTRAINT "verdict_status_before_known" CHECK (status_before IN ('pending', 'active', 'unsubscribed', 'bounced', 'complained')),
    CONSTRAINT "verdict_bounces_have_a_class" CHECK ((kind = 'bounce') = (class IS NOT NULL)),
    CONSTRAINT "verdict_undone_by_somebody" CHECK ((undone_at IS NULL) = (undone_by IS NULL))
);
CREATE UNIQUE INDEX "verdict_event_id_key" ON "verdict"("event_id");
-- A reader's soft bounces of one day count once.
CREATE UNIQUE INDEX "verdict_counted_once_a_day" ON "verdict"("subscriber_id", "counted_on") WHERE (counted_on IS NOT NULL AND undone_at IS NULL);
CREATE INDEX "verdict_subscriber_id_at_idx" ON "verdict"("subscriber_id", "at");
CREATE INDEX "verdict_at_idx" ON "verdict"("at");
CREATE INDEX "verdict_mail_id_idx" ON "verdict"("mail_id");
CREATE INDEX "verdict_edition_id_idx" ON "verdict"("edition_id");
ALTER TABLE "verdict"
    ADD CONSTRAINT "verdict_mail_id_fkey" FOREIGN KEY ("mail_id") REFERENCES "inbound_mail"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    ADD CONSTRAINT "verdict_subscriber_id_fkey" FOREIGN KEY ("subscriber_id") REFERENCES "subscriber"("id") ON DELETE SET NULL ON UPDATE CASCADE,
    ADD CONSTRAINT "verdict_edition_id_fkey" FOREIGN KEY ("edition_id") REFERENCES "edition"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- Undoing a verdict takes a reader back along an arrow that nobody else may go; it says so for its transaction.
CREATE OR REPLACE FUNCTION "subscriber_status_arrow"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.status, NEW.status) IN (
        ('pending', 'active'), ('pending', 'unsubscribed'), ('pending', 'bounced'), ('pending', 'complained'),
        ('active', 'unsubscribed'), ('active', 'bounced'), ('active', 'complained'),
        ('unsubscribed', 'active'), ('unsubscribed', 'bounced'), ('unsubscribed', 'complained'),
        ('bounced', 'complained'), ('bounced', 'active'), ('bounced', 'unsubscribed'), ('complained', 'unsubscribed')
    ) THEN
        RETURN NEW;
    END IF;
    IF current_setting('daily_papers.undoing', true) = 'a verdict' AND (OLD.status, NEW.status) IN (
        ('bounced', 'pending'), ('complained', 'pending'), ('unsubscribed', 'pending'),
        ('complained', 'active'), ('complained', 'bounced')
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a subscriber cannot go from % to %', OLD.status, NEW.status USING ERRCODE = 'check_violation';
END $$;
