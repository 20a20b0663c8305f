-- Which edition weighed a listing: what came onto a list later is a candidate of the next edition, once.
-- AlterTable
ALTER TABLE "listing" ADD COLUMN     "considered_by" INTEGER;

-- What is listed already was weighed by the first edition of its day or after.
UPDATE "listing" l SET "considered_by" = (
    SELECT id FROM "edition" e WHERE e."kind" = 'daily' AND e."day" >= l."day" AND e."papers" IS NOT NULL
    ORDER BY e."day" LIMIT 1
);

-- CreateIndex
CREATE INDEX "listing_considered_by_idx" ON "listing"("considered_by");

-- AddForeignKey
ALTER TABLE "listing" ADD CONSTRAINT "listing_considered_by_fkey" FOREIGN KEY ("considered_by") REFERENCES "edition"("id") ON DELETE SET NULL ON UPDATE CASCADE;
