-- Whether an author of the paper takes part in the discussion of it.
-- AlterTable
ALTER TABLE "paper" ADD COLUMN     "author_talks" BOOLEAN NOT NULL DEFAULT false;
