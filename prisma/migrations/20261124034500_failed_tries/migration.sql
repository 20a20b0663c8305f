-- CreateTable
CREATE TABLE "failed_try" (
    "place" BYTEA NOT NULL,
    "count" INTEGER NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "failed_try_pkey" PRIMARY KEY ("place")
);

-- CreateIndex
CREATE INDEX "failed_try_until_idx" ON "failed_try"("until");
