-- AlterTable
ALTER TABLE "subscriber" ADD COLUMN     "disposable" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "signup_count" (
    "scope" TEXT NOT NULL,
    "key" BYTEA NOT NULL,
    "window_end" TIMESTAMPTZ(3) NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "signup_count_pkey" PRIMARY KEY ("scope","key","window_end")
);

-- CreateTable
CREATE TABLE "signup_guard" (
    "key" BYTEA NOT NULL,
    "mailed" TIMESTAMPTZ(3)[],
    "unclicked" SMALLINT NOT NULL,
    "mailed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "signup_guard_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE INDEX "signup_count_window_end_idx" ON "signup_count"("window_end");

-- CreateIndex
CREATE INDEX "signup_guard_mailed_at_idx" ON "signup_guard"("mailed_at");

-- Checks that schema.prisma cannot say
ALTER TABLE "signup_count" ADD CONSTRAINT "signup_count_scope_known" CHECK (scope IN ('network', 'domain', 'all', 'proof'));

-- The arrows along which a status may change: who complained or bounced comes back by the operator's hand alone.
CREATE FUNCTION "subscriber_status_arrow"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.status, NEW.status) IN (
        ('pending', 'active'), ('pending', 'unsubscribed'), ('pending', 'bounced'), ('pending', 'complained'),
        ('active', 'unsubscribed'), ('active', 'bounced'), ('active', 'complained'),
        ('unsubscribed', 'active'), ('unsubscribed', 'bounced'), ('unsubscribed', 'complained'),
        ('bounced', 'complained'), ('bounced', 'active'), ('bounced', 'unsubscribed'), ('complained', 'unsubscribed')
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a subscriber cannot go from % to %', OLD.status, NEW.status USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER "subscriber_status_arrow" BEFORE UPDATE OF "status" ON "subscriber"
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION "subscriber_status_arrow"();
