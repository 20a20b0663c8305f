-- Which database this is: a copy of the row elsewhere does not fit what it says.
CREATE TABLE "stamp" (
    "one" BOOLEAN NOT NULL DEFAULT true,
    "lineage" UUID NOT NULL,
    "table_oid" BIGINT NOT NULL,
    "database_oid" BIGINT NOT NULL,
    "system_identifier" BIGINT NOT NULL,
    "since" TIMESTAMPTZ(6) NOT NULL,
    "beat_at" TIMESTAMPTZ(3) NOT NULL,
    "sends_from" TIMESTAMPTZ(3),
    "held_at" TIMESTAMPTZ(3),
    "held_why" TEXT,

    CONSTRAINT "stamp_pkey" PRIMARY KEY ("one"),
    CONSTRAINT "stamp_is_one_row" CHECK ("one"),
    CONSTRAINT "stamp_hold_has_a_reason" CHECK (("held_at" IS NULL) = ("held_why" IS NULL))
);
