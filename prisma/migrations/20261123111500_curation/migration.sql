-- AlterTable
ALTER TABLE "paper" ADD COLUMN     "author_count" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "listing" ADD COLUMN     "position" INTEGER;

-- AlterTable
ALTER TABLE "look" ADD COLUMN     "skipped" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "curation" (
    "day" DATE NOT NULL,
    "paper_id" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "position" SMALLINT,
    "reason" TEXT,
    "by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "curation_pkey" PRIMARY KEY ("day","paper_id","action")
);

-- CreateIndex
CREATE INDEX "look_source_at_idx" ON "look"("source", "at");

-- CreateIndex
CREATE INDEX "curation_paper_id_idx" ON "curation"("paper_id");

-- AddForeignKey
ALTER TABLE "curation" ADD CONSTRAINT "curation_paper_id_fkey" FOREIGN KEY ("paper_id") REFERENCES "paper"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Checks that schema.prisma cannot say
ALTER TABLE "paper" ADD CONSTRAINT "paper_author_count_not_negative" CHECK (author_count >= 0);
ALTER TABLE "listing" ADD CONSTRAINT "listing_position_not_negative" CHECK (position >= 0);
ALTER TABLE "curation"
    ADD CONSTRAINT "curation_action_known" CHECK (action IN ('pin', 'hide', 'return')),
    ADD CONSTRAINT "curation_pin_has_a_place" CHECK ((action = 'pin') = (position IS NOT NULL)),
    ADD CONSTRAINT "curation_place_exists" CHECK (position >= 1);
-- A paper cannot be both pinned and hidden.
CREATE UNIQUE INDEX "curation_pin_or_hide" ON "curation"("day", "paper_id") WHERE (action = ANY (ARRAY['pin'::text, 'hide'::text]));
-- Two papers cannot be pinned to one place.
CREATE UNIQUE INDEX "curation_one_paper_a_place" ON "curation"("day", "position") WHERE (action = 'pin'::text);
