-- Pictures of papers: where they are offered, and as we have drawn them anew.
-- AlterTable
ALTER TABLE "paper" ADD COLUMN     "picture" JSONB;

-- CreateTable
CREATE TABLE "picture_offer" (
    "paper_id" TEXT NOT NULL,
    "urls" TEXT[],
    "due_at" TIMESTAMPTZ(3) DEFAULT CURRENT_TIMESTAMP,
    "tries" SMALLINT NOT NULL DEFAULT 0,
    "fault" TEXT,

    CONSTRAINT "picture_offer_pkey" PRIMARY KEY ("paper_id")
);

-- CreateTable
CREATE TABLE "picture" (
    "hash" TEXT NOT NULL,
    "paper_id" TEXT NOT NULL,
    "width" SMALLINT NOT NULL,
    "height" SMALLINT NOT NULL,
    "bytes" BYTEA NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "picture_pkey" PRIMARY KEY ("hash","paper_id")
);

-- JPEG is compressed already.
ALTER TABLE "picture" ALTER COLUMN "bytes" SET STORAGE EXTERNAL;

-- CreateIndex
CREATE INDEX "picture_offer_due" ON "picture_offer"("due_at") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "picture_paper_id_idx" ON "picture"("paper_id");

-- AddForeignKey
ALTER TABLE "picture_offer" ADD CONSTRAINT "picture_offer_paper_id_fkey" FOREIGN KEY ("paper_id") REFERENCES "paper"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "picture" ADD CONSTRAINT "picture_paper_id_fkey" FOREIGN KEY ("paper_id") REFERENCES "paper"("id") ON DELETE CASCADE ON UPDATE CASCADE;
