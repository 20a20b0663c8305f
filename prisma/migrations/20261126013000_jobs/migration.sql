-- Who is at which job, under a lease, and when each last ran. Session locks would stay on a pooler's connections.
CREATE TABLE "job" (
    "name" TEXT NOT NULL,
    "period_seconds" INTEGER,
    "holder" UUID,
    "lease_until" TIMESTAMPTZ(3),
    "ran_at" TIMESTAMPTZ(3),
    "watched_from" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "job_pkey" PRIMARY KEY ("name"),
    CONSTRAINT "job_held_is_leased" CHECK (("holder" IS NULL) = ("lease_until" IS NULL))
);
