-- AlterTable
ALTER TABLE "paper" ADD COLUMN     "version" SMALLINT,
ADD COLUMN     "withdrawn" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "source_turn" (
    "source" TEXT NOT NULL,
    "next_at" TIMESTAMPTZ(3) NOT NULL,
    "answered_at" TIMESTAMPTZ(3),
    "failed_at" TIMESTAMPTZ(3),
    "fault" TEXT,

    CONSTRAINT "source_turn_pkey" PRIMARY KEY ("source")
);

-- CreateTable
CREATE TABLE "arxiv_answer" (
    "id" TEXT NOT NULL,
    "entry" JSONB,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "arxiv_answer_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "arxiv_answer_asked_at_idx" ON "arxiv_answer"("asked_at");

-- Checks that schema.prisma cannot say
ALTER TABLE "paper" ADD CONSTRAINT "paper_version_exists" CHECK (version >= 1);
