-- What happened to readers and editions, for the webhooks that the settings name: written by triggers, so that it stands
-- or falls with what happened, whoever brings it about.

-- CreateTable
CREATE TABLE "event" (
    "id" BIGSERIAL NOT NULL,
    "type" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "subscriber_id" INTEGER,
    "edition_id" INTEGER,
    "reason" TEXT,

    CONSTRAINT "event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "event_send" (
    "id" BIGSERIAL NOT NULL,
    "event_id" BIGINT NOT NULL,
    "url" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'due',
    "attempts" SMALLINT NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3),
    "settled_at" TIMESTAMPTZ(3),
    "fault" TEXT,

    CONSTRAINT "event_send_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "event_at_idx" ON "event"("at");

-- CreateIndex
CREATE UNIQUE INDEX "event_edition_once" ON "event"("type", "edition_id") WHERE (edition_id IS NOT NULL);

-- CreateIndex
CREATE INDEX "event_send_due" ON "event_send"("due_at") WHERE (status = 'due');

-- CreateIndex
CREATE INDEX "event_send_settled_at_idx" ON "event_send"("settled_at");

-- CreateIndex
CREATE UNIQUE INDEX "event_send_event_id_url_key" ON "event_send"("event_id", "url");

-- AddForeignKey
ALTER TABLE "event_send" ADD CONSTRAINT "event_send_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "event"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Checks that schema.prisma cannot say
ALTER TABLE "event" ADD CONSTRAINT "event_type_known" CHECK (type IN
    ('subscriber.confirmed', 'subscriber.left', 'subscriber.bounced', 'subscriber.complained', 'subscriber.restored', 'edition.sent'));
ALTER TABLE "event" ADD CONSTRAINT "event_of_one" CHECK ((subscriber_id IS NULL) <> (edition_id IS NULL));
ALTER TABLE "event_send" ADD CONSTRAINT "event_send_status_known" CHECK (status IN ('due', 'taken', 'given_up'));
ALTER TABLE "event_send" ADD CONSTRAINT "event_send_due_has_time" CHECK ((status = 'due') = (due_at IS NOT NULL));

-- The webhooks that want events of a type.
CREATE FUNCTION "event_webhooks"(wanted text) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    SELECT DISTINCT w ->> 'url' FROM "setting" s, jsonb_array_elements(s.value #> '{events,webhooks}') w
    WHERE s.name = 'operator' AND w -> 'types' ? wanted
$$;

CREATE FUNCTION "subscriber_event"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kind TEXT;
    happened TIMESTAMPTZ;
    why TEXT;
BEGIN
    IF TG_OP = 'DELETE' THEN
        kind := 'subscriber.left';
        happened := now();
        why := 'erased';
    ELSE
        kind := CASE NEW.status
            WHEN 'active' THEN CASE WHEN OLD.confirmed_at IS DISTINCT FROM NEW.confirmed_at OR OLD.status = 'pending'
                THEN 'subscriber.confirmed' ELSE 'subscriber.restored' END
            WHEN 'unsubscribed' THEN 'subscriber.left'
            WHEN 'bounced' THEN 'subscriber.bounced'
            WHEN 'complained' THEN 'subscriber.complained' END;
        happened := NEW.updated_at;
    END IF;
    WITH made AS (
        INSERT INTO "event" (type, at, subscriber_id, reason)
        SELECT kind, happened, OLD.id, why WHERE EXISTS (SELECT FROM event_webhooks(kind)) RETURNING id, type, at
    )
    INSERT INTO "event_send" (event_id, url, due_at) SELECT m.id, u, m.at FROM made m, event_webhooks(m.type) u;
    RETURN NULL;
END $$;

CREATE FUNCTION "edition_events"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH made AS (
        INSERT INTO "event" (type, at, edition_id)
        SELECT 'edition.sent', coalesce(NEW.finished_at, now()), NEW.id WHERE EXISTS (SELECT FROM event_webhooks('edition.sent'))
        ON CONFLICT DO NOTHING RETURNING id, type, at
    )
    INSERT INTO "event_send" (event_id, url, due_at) SELECT m.id, u, m.at FROM made m, event_webhooks(m.type) u;
    RETURN NULL;
END $$;

-- By row and condition: sign-up and all else that changes no status pay nothing.
CREATE TRIGGER "subscriber_event_changed" AFTER UPDATE OF "status" ON "subscriber"
    FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION "subscriber_event"();
CREATE TRIGGER "subscriber_event_gone" AFTER DELETE ON "subscriber"
    FOR EACH ROW WHEN (OLD.status IN ('active', 'pending')) EXECUTE FUNCTION "subscriber_event"();
CREATE TRIGGER "edition_events" AFTER UPDATE OF "status" ON "edition"
    FOR EACH ROW WHEN (NEW.status = 'sent' AND OLD.status <> 'sent') EXECUTE FUNCTION "edition_events"();
