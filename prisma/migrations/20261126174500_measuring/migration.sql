-- Opens and clicks, where the operator measures them: what each was judged to be, and neither address nor program.

-- AlterTable
ALTER TABLE "subscriber" ADD COLUMN "unmeasured" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "measured_hit" (
    "edition_id" INTEGER NOT NULL,
    "subscriber_id" INTEGER NOT NULL,
    "link" SMALLINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "verdict" TEXT NOT NULL,

    CONSTRAINT "measured_hit_pkey" PRIMARY KEY ("edition_id","subscriber_id","link")
);

-- CreateTable
CREATE TABLE "measured_edition" (
    "edition_id" INTEGER NOT NULL,
    "hit_at" TIMESTAMPTZ(3) NOT NULL,
    "counted_at" TIMESTAMPTZ(3),
    "figures" JSONB,

    CONSTRAINT "measured_edition_pkey" PRIMARY KEY ("edition_id")
);

-- CreateIndex
CREATE INDEX "measured_hit_subscriber_id_idx" ON "measured_hit"("subscriber_id");

-- CreateIndex
CREATE INDEX "measured_hit_at_idx" ON "measured_hit"("at");

-- AddForeignKey
ALTER TABLE "measured_hit" ADD CONSTRAINT "measured_hit_edition_id_fkey" FOREIGN KEY ("edition_id") REFERENCES "edition"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "measured_hit" ADD CONSTRAINT "measured_hit_subscriber_id_fkey" FOREIGN KEY ("subscriber_id") REFERENCES "subscriber"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "measured_edition" ADD CONSTRAINT "measured_edition_edition_id_fkey" FOREIGN KEY ("edition_id") REFERENCES "edition"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Checks that schema.prisma cannot say
ALTER TABLE "measured_hit" ADD CONSTRAINT "measured_hit_verdict_known" CHECK (verdict IN ('person', 'likely', 'unknown', 'machine'));
ALTER TABLE "measured_hit" ADD CONSTRAINT "measured_hit_link_least" CHECK (link >= -3);
