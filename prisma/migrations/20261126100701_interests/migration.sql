-- What readers follow and mute, what they answered to single papers, and their reading list.

-- CreateTable
CREATE TABLE "interest" (
    "subscriber_id" INTEGER NOT NULL,
    "n" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "muted" BOOLEAN NOT NULL DEFAULT false,
    "words" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "interest_pkey" PRIMARY KEY ("subscriber_id","n")
);

-- CreateTable
CREATE TABLE "feedback" (
    "subscriber_id" INTEGER NOT NULL,
    "paper_id" TEXT NOT NULL,
    "n" INTEGER NOT NULL,
    "answer" TEXT,
    "saved_at" TIMESTAMPTZ(3),
    "at" TIMESTAMPTZ(3) NOT NULL,
    "edition_id" INTEGER,
    "place" SMALLINT,
    "reason" TEXT,

    CONSTRAINT "feedback_pkey" PRIMARY KEY ("subscriber_id","paper_id")
);

-- CreateTable
CREATE TABLE "reading_list" (
    "subscriber_id" INTEGER NOT NULL,
    "feed_hash" BYTEA,
    "feed_token" JSONB,
    "reminder" BOOLEAN NOT NULL DEFAULT false,
    "reminded_on" DATE,

    CONSTRAINT "reading_list_pkey" PRIMARY KEY ("subscriber_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "interest_once" ON "interest"("subscriber_id", "kind", "key");

-- CreateIndex
CREATE INDEX "interest_kind_key_idx" ON "interest"("kind", "key");

-- CreateIndex
CREATE INDEX "feedback_paper_id_idx" ON "feedback"("paper_id");

-- CreateIndex
CREATE INDEX "feedback_edition_id_idx" ON "feedback"("edition_id");

-- CreateIndex
CREATE INDEX "feedback_at_idx" ON "feedback"("at");

-- CreateIndex
CREATE UNIQUE INDEX "reading_list_feed_hash_key" ON "reading_list"("feed_hash");

-- CreateIndex
CREATE INDEX "reading_list_reminder" ON "reading_list"("subscriber_id") WHERE (reminder);

-- AddForeignKey
ALTER TABLE "interest" ADD CONSTRAINT "interest_subscriber_id_fkey" FOREIGN KEY ("subscriber_id") REFERENCES "subscriber"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "feedback" ADD CONSTRAINT "feedback_subscriber_id_fkey" FOREIGN KEY ("subscriber_id") REFERENCES "subscriber"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "feedback" ADD CONSTRAINT "feedback_paper_id_fkey" FOREIGN KEY ("paper_id") REFERENCES "paper"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "feedback" ADD CONSTRAINT "feedback_edition_id_fkey" FOREIGN KEY ("edition_id") REFERENCES "edition"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reading_list" ADD CONSTRAINT "reading_list_subscriber_id_fkey" FOREIGN KEY ("subscriber_id") REFERENCES "subscriber"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Checks that schema.prisma cannot say
ALTER TABLE "interest" ADD CONSTRAINT "interest_kind_known" CHECK (kind IN ('author', 'organisation', 'keyword', 'category', 'words', 'paper'));
ALTER TABLE "interest" ADD CONSTRAINT "interest_bounds" CHECK (length(key) BETWEEN 1 AND 200 AND length(label) BETWEEN 1 AND 300 AND length(words) <= 6000);
ALTER TABLE "feedback" ADD CONSTRAINT "feedback_answer_known" CHECK (answer IN ('more', 'less'));
ALTER TABLE "feedback" ADD CONSTRAINT "feedback_says_something" CHECK (answer IS NOT NULL OR saved_at IS NOT NULL);
