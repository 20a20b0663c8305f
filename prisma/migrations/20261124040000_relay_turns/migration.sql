-- A relay's turns may be less than a millisecond apart.
-- AlterTable
ALTER TABLE "throttle" ALTER COLUMN "tail_at" SET DATA TYPE TIMESTAMPTZ(6);

ALTER TABLE "throttle"
    DROP CONSTRAINT "throttle_scope_known",
    ADD CONSTRAINT "throttle_scope_known" CHECK (scope IN ('overall', 'domain', 'relay'));
