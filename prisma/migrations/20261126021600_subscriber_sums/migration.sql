-- Figures of readers are sums: each change adds its difference, and a job adds the differences up.

-- CreateTable
CREATE TABLE "subscriber_sum" (
    "id" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "status" TEXT,
    "frequency" TEXT,
    "day" DATE,
    "n" INTEGER NOT NULL,

    CONSTRAINT "subscriber_sum_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "subscriber_paused" ON "subscriber"("paused_until") WHERE (paused_until IS NOT NULL);

-- CreateIndex
CREATE INDEX "subscriber_confirmed_at_idx" ON "subscriber"("confirmed_at");

-- CreateIndex
CREATE INDEX "subscriber_unsubscribed_at_idx" ON "subscriber"("unsubscribed_at");

-- CreateIndex
CREATE INDEX "subscriber_created_at_id_idx" ON "subscriber"("created_at", "id");

-- CreateIndex
CREATE INDEX "subscriber_status_created_at_id_idx" ON "subscriber"("status", "created_at", "id");

-- Checks that schema.prisma cannot say
ALTER TABLE "subscriber_sum" ADD CONSTRAINT "subscriber_sum_says_of_what" CHECK (
    (kind = 'held' AND status IS NOT NULL AND frequency IS NOT NULL AND day IS NULL)
    OR (kind IN ('joined', 'left') AND status IS NULL AND frequency IS NULL AND day IS NOT NULL)
);

-- Who confirmed counts as joined on that day, and as left on the day of leaving.
CREATE FUNCTION "subscriber_counts"(text, text, timestamptz, timestamptz)
RETURNS TABLE (kind text, status text, frequency text, day date) LANGUAGE sql IMMUTABLE AS $$
    SELECT * FROM (VALUES
        ('held', $1, $2, NULL::date),
        ('joined', NULL, NULL, ($3 AT TIME ZONE 'UTC')::date),
        ('left', NULL, NULL, CASE WHEN $3 IS NOT NULL THEN ($4 AT TIME ZONE 'UTC')::date END)
    ) c(kind, status, frequency, day) WHERE kind = 'held' OR day IS NOT NULL
$$;

CREATE FUNCTION "subscriber_sums_follow"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM "subscriber_sum";
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO "subscriber_sum" (kind, status, frequency, day, n)
        SELECT c.*, count(*) FROM added s, subscriber_counts(s.status, s.frequency, s.confirmed_at, s.unsubscribed_at) c GROUP BY 1, 2, 3, 4;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO "subscriber_sum" (kind, status, frequency, day, n)
        SELECT c.*, -count(*) FROM gone s, subscriber_counts(s.status, s.frequency, s.confirmed_at, s.unsubscribed_at) c GROUP BY 1, 2, 3, 4;
    ELSE
        INSERT INTO "subscriber_sum" (kind, status, frequency, day, n)
        SELECT kind, status, frequency, day, sum(n) FROM (
            SELECT c.*, 1 AS n FROM added s, subscriber_counts(s.status, s.frequency, s.confirmed_at, s.unsubscribed_at) c
            UNION ALL SELECT c.*, -1 FROM gone s, subscriber_counts(s.status, s.frequency, s.confirmed_at, s.unsubscribed_at) c
        ) x GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER "subscriber_sums_added" AFTER INSERT ON "subscriber" REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION "subscriber_sums_follow"();
CREATE TRIGGER "subscriber_sums_changed" AFTER UPDATE ON "subscriber" REFERENCING NEW TABLE AS added OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION "subscriber_sums_follow"();
CREATE TRIGGER "subscriber_sums_gone" AFTER DELETE ON "subscriber" REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION "subscriber_sums_follow"();
CREATE TRIGGER "subscriber_sums_emptied" AFTER TRUNCATE ON "subscriber"
    FOR EACH STATEMENT EXECUTE FUNCTION "subscriber_sums_follow"();

-- The triggers' making has locked out whoever would change readers meanwhile.
INSERT INTO "subscriber_sum" (kind, status, frequency, day, n)
SELECT c.*, count(*) FROM "subscriber" s, subscriber_counts(s.status, s.frequency, s.confirmed_at, s.unsubscribed_at) c GROUP BY 1, 2, 3, 4;
