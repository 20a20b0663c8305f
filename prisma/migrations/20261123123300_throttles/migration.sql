-- AlterTable
ALTER TABLE "edition" ADD COLUMN     "canary" INTEGER,
ADD COLUMN     "canary_left" INTEGER;

-- CreateTable
CREATE TABLE "throttle" (
    "scope" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "rate" DOUBLE PRECISION NOT NULL,
    "ceiling" DOUBLE PRECISION,
    "before" DOUBLE PRECISION,
    "tokens" DOUBLE PRECISION NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "tail_at" TIMESTAMPTZ(3),
    "slowed_at" TIMESTAMPTZ(3),
    "climbed_at" TIMESTAMPTZ(3),

    CONSTRAINT "throttle_pkey" PRIMARY KEY ("scope","key")
);

-- Checks that schema.prisma cannot say
ALTER TABLE "throttle"
    ADD CONSTRAINT "throttle_scope_known" CHECK (scope IN ('overall', 'domain')),
    ADD CONSTRAINT "throttle_rate_positive" CHECK (rate > 0 AND ceiling > 0);
ALTER TABLE "edition" ADD CONSTRAINT "edition_canary_not_negative" CHECK (canary >= 0 AND canary_left >= 0);
