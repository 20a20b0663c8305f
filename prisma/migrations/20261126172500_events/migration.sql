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

CREATE FUNCTION "subscriber_events"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM "setting" s WHERE s.name = 'operator' AND jsonb_array_length(s.value #> '{events,webhooks}') > 0) THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' THEN
        WITH made AS (
            INSERT INTO "event" (type, at, subscriber_id, reason)
            SELECT 'subscriber.left', now(), g.id, 'erased' FROM gone g
            WHERE g.status IN ('active', 'pending') AND EXISTS (SELECT FROM event_webhooks('subscriber.left'))
            ORDER BY g.id RETURNING id, type, at
        )
        INSERT INTO "event_send" (event_id, url, due_at) SELECT m.id, u, m.at FROM made m, event_webhooks(m.type) u;
    ELSE
        WITH changed AS (
            SELECT a.id, a.updated_at AS at, CASE a.status
                WHEN 'active' THEN CASE WHEN g.confirmed_at IS DISTINCT FROM a.confirmed_at OR g.status = 'pending'
                    THEN 'subscriber.confirmed' ELSE 'subscriber.restored' END
                WHEN 'unsubscribed' THEN 'subscriber.left'
                WHEN 'bounced' THEN 'subscriber.bounced'
                WHEN 'complained' THEN 'subscriber.complained' END AS type
            FROM added a JOIN gone g ON g.id = a.id WHERE a.status <> g.status
        ), made AS (
            INSERT INTO "event" (type, at, subscriber_id)
            SELECT c.type, c.at, c.id FROM changed c WHERE EXISTS (SELECT FROM event_webhooks(c.type))
            ORDER BY c.id RETURNING id, type, at
        )
        INSERT INTO "event_send" (event_id, url, due_at) SELECT m.id, u, m.at FROM made m, event_webhooks(m.type) u;
    END IF;
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

CREATE TRIGGER "subscriber_events_changed" AFTER UPDATE ON "subscriber" REFERENCING NEW TABLE AS added OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION "subscriber_events"();
CREATE TRIGGER "subscriber_events_gone" AFTER DELETE ON "subscriber" REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION "subscriber_events"();
CREATE TRIGGER "edition_events" AFTER UPDATE OF "status" ON "edition"
    FOR EACH ROW WHEN (NEW.status = 'sent' AND OLD.status <> 'sent') EXECUTE FUNCTION "edition_events"();
